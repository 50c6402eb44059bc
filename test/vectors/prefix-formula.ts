/** Formulas of the reference files: prefix lists such as `["implies", ["var", "a"], ["not", ["var", 3]]]`. */
import { type Formula, type Rule, rule } from "@credence/core";

export type Prefix = [kind: string, ...parts: (Prefix | string | number)[]];

/** A rule of the reference files. */
export interface PrefixRule {
  readonly formula: Prefix;
  readonly weight: number | "hard";
}

/** A formula from a prefix list; n-ary xor is odd parity. */
export function fromPrefix([kind, ...parts]: Prefix): Formula {
  if (kind === "var") return { kind, name: String(parts[0]) };
  const args = (parts as Prefix[]).map(fromPrefix);
  switch (kind) {
    case "not":
      return { kind, of: args[0] };
    case "and":
    case "or":
    case "exactlyOne":
    case "atMostOne":
      return { kind, args };
    case "implies":
    case "iff":
      return { kind, left: args[0], right: args[1] };
    case "xor":
      return args.reduce((left, right) => ({ kind, left, right }));
  }
  throw new Error(`unknown operator ${kind}`);
}

/** Rules, weighted and hard ones. */
export function rulesFromPrefix(list: readonly PrefixRule[]): Rule[] {
  return list.map(({ formula, weight }) => rule(fromPrefix(formula), weight === "hard" ? Infinity : weight));
}
