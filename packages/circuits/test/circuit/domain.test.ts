import { arityOf, circuitBuilder, type Domain } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { expect, it } from "vitest";

it("counts the values of a domain", () => {
  expect(arityOf({ kind: "binary" })).toBe(2);
  expect(arityOf({ kind: "categorical", arity: 5 })).toBe(5);
  expect(arityOf({ kind: "real" })).toBe(Number.POSITIVE_INFINITY);
});

it.each<[Domain[]]>([
  [[{ kind: "categorical", arity: 0 }]],
  [[{ kind: "categorical", arity: 2 ** 20 + 1 }]],
  [[{ kind: "categorical", arity: 2, states: ["a", "a"] }]],
  [[{ kind: "categorical", arity: 2, states: ["a"] }]],
  [[{ kind: "binary" }, { kind: "binary" }]],
  [[{ kind: "bool" } as unknown as Domain]],
  [[null as unknown as Domain]],
  [[{ kind: "categorical", arity: 2, states: "ab" as unknown as string[] }]],
  [[{ kind: "categorical", arity: 2, states: [1, 0] as unknown as string[] }]],
])("refuses %j for one variable", (domains) => {
  expect(() => circuitBuilder(vocabulary("variable", ["x"]), { domains })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});
