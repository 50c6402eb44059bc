import { parseCircuit } from "@credence/circuits";
import { CredenceError, ParseError } from "@credence/core";
import { describe, expect, it } from "vitest";

const lines = [
  '{"comment": {"nodes": [[{}], 1]}, "nodes": [',
  '  {"id": 0, "type": "bernoulli", "var": 0, "p": 0.5},',
  '  {"id": 1, "type": "categorical", "var": 1, "probs": [0.5, 0.25, 0.25]},',
  '  {"id": 2, "type": "product", "children": [0, 1]}',
  '], "variables": [',
  '  {"name": "a", "kind": "binary"}, {"name": "b", "kind": "categorical", "arity": 3}',
  '], "root": 2}',
];
const text = lines.join("\n");

describe("parseCircuit", () => {
  it("reads the lists in any order", () => {
    expect(parseCircuit(text).size).toBe(3);
  });

  it.each([
    ['"id": 1, ', "", "INVALID_CIRCUIT", 3, 3],
    ['"id": 1,', '"id": 0,', "INVALID_CIRCUIT", 3, 3],
    ["[0, 1]", "[0, 7]", "INVALID_CIRCUIT", 4, 3],
    ["[0, 1]", "[0, 2]", "INVALID_CIRCUIT", 4, 3],
    ["[0, 1]", "7", "INVALID_CIRCUIT", 4, 3],
    ["bernoulli", "bernouli", "INVALID_CIRCUIT", 2, 3],
    ['"p": 0.5', '"p": 1.5', "INVALID_ARGUMENT", 2, 3],
    ["0.25, 0.25", "0.25, 0.5", "INVALID_ARGUMENT", 3, 3],
    ['"arity": 3', '"arity": 999999999', "INVALID_ARGUMENT", 6, 36],
    ['"arity": 3', '"arity": 0', "INVALID_ARGUMENT", 6, 36],
    ['"kind": "binary"', '"kind": "bits"', "INVALID_CIRCUIT", 6, 3],
  ])("tells where %s as %s is wrong: %s at line %d, column %d", (from, to, code, line, column) => {
    expect(text).toContain(from);
    let error: unknown;
    try {
      parseCircuit(text.replace(from, to));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ code, line, column, cause: expect.any(CredenceError) });
  });

  it("says what is wrong with a document as a whole", () => {
    for (const whole of [
      "{}",
      "[]",
      "null",
      '{"variables": 1, "nodes": []}',
      text.replace('"root": 2', '"root": 9'),
    ]) {
      expect(() => parseCircuit(whole)).toThrow(CredenceError);
    }
    expect(() => parseCircuit(text.replace('"id": 1, ', ""))).toThrow("A node has no id.");
  });
});
