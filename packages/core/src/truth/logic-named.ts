/** The built-in logics by name, for edges where a logic arrives as text: commands, forms, files. */
import { UnknownNameError } from "../errors/unknown-name-error.ts";
import { godel } from "./godel.ts";
import type { Logic } from "./logic.ts";
import { lukasiewicz } from "./lukasiewicz.ts";
import { product } from "./product.ts";

/** The names that {@link logicNamed} knows. */
export type LogicName = "godel" | "product" | "lukasiewicz";

const logics: ReadonlyMap<string, Logic<LogicName>> = new Map(
  [godel, product, lukasiewicz].map((logic) => [logic.name, logic]),
);

/**
 * The built-in logic of that name; case and diacritics do not matter ("Gödel", "Łukasiewicz").
 *
 * @throws UnknownNameError with the closest names
 */
export function logicNamed(name: string): Logic<LogicName> {
  const plain = name
    .trim()
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/ł/g, "l");
  const logic = logics.get(plain);
  if (logic === undefined) throw new UnknownNameError("logic", name, logics.keys());
  return logic;
}
