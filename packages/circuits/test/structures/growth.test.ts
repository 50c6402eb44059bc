import { cutsetCircuit, learnSpnCircuit, missing, strudelCircuit } from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomTable } from "../learn/tables.ts";

const arities = [2, 3, 2];
const table = randomTable(1, 60, arities);
const learners = { cutsetCircuit, learnSpnCircuit, strudelCircuit };

describe.each(Object.entries(learners))("%s", (name, learn) => {
  it.each([
    { minRows: 0 },
    { minRows: Number.NaN },
    { pseudoCount: -0.5 },
    { pseudoCount: Number.POSITIVE_INFINITY },
    { valid: randomTable(1, 9, [2, 3]) },
    { valid: randomTable(1, 9, [2, 4, 2]) },
  ])("refuses %j", (options) => {
    expect(() => learn(table, options)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("takes the names of the variables", () => {
    const made = learn(table, { names: ["a", "b", "c"], valid: table });
    const circuit = "circuit" in made ? made.circuit : made;
    expect(circuit.variables.names).toEqual(["a", "b", "c"]);
    expect(() => learn(table, { names: ["a"] })).toThrow();
  });

  it("says what to do about missing values, where it needs all", () => {
    const columns = table.columns.slice();
    columns[61] = missing;
    const holes = { ...table, columns };
    if (name === "learnSpnCircuit") return expect(() => learn(holes)).not.toThrow();
    expect(() => learn(holes)).toThrow(/Row 1 of column 1/);
    expect(() => learn(table, { valid: holes })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("hclt") }),
    );
  });
});
