import {
  chowLiuCircuit,
  chowLiuTree,
  cutsetCircuit,
  factorizedCircuit,
  learnCircuit,
  learnSpnCircuit,
  logLikelihoods,
  meanLogLikelihood,
  missing,
  mixtureOfTrees,
  parameterMixture,
  parseStates,
  prune,
  ratCircuit,
  readStates,
  type StateTable,
  structureNames,
  strudelCircuit,
  trainEm,
  trainEmStream,
  trainGradient,
} from "@credence/circuits";
import { backend } from "@credence/core/kernels";
import { describe, expect, it } from "vitest";

describe("readStates", () => {
  it("reads rows by column, with what is missing, from pieces that end anywhere", async () => {
    const text = "0,1,2\n1,?,0\r\n\n,0,10\n";
    async function* pieces() {
      for (const character of text) yield character;
    }
    const table = parseStates(text);
    expect(table).toMatchObject({ rows: 3, cols: 3, arities: [2, 2, 11] });
    expect([...table.columns]).toEqual([0, 1, missing, 1, missing, 0, 2, 0, 10]);
    expect(await readStates(pieces())).toEqual(table);
    expect(await readStates(text)).toEqual(table);
    expect(parseStates("0 1\n1 *", { arities: [2, 5] }).arities).toEqual([2, 5]);
  });

  it.each([
    ["0,1\n0,x", "INVALID_STATE", 2, 3],
    ["0,1\n0,-1", "INVALID_STATE", 2, 3],
    ["0,1\n0,255", "INVALID_STATE", 2, 3],
    ["0,1\n\n0", "ROW_LENGTH", 3, 1],
  ])("refuses %j with line and column", (text, code, line, column) => {
    expect(() => parseStates(text)).toThrow(expect.objectContaining({ code, line, column }));
  });

  it("refuses states beyond the arity, other numbers of columns, and nothing at all", () => {
    expect(() => parseStates("0,3", { arities: [2, 3] })).toThrow(
      expect.objectContaining({ code: "INVALID_STATE" }),
    );
    expect(() => parseStates("0,1", { arities: [2] })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => parseStates("\n")).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("tables of states", () => {
  const good = parseStates("0,1\n1,0\n1,1\n0,1");
  const circuit = factorizedCircuit(good);
  const plain = backend({ kind: "ts" });
  const bad: readonly (readonly [string, Partial<Record<keyof StateTable, unknown>>])[] = [
    ["a state beyond its arity", { columns: Uint8Array.of(0, 1, 5, 0, 1, 0, 1, 1) }],
    ["columns that are too short", { columns: Uint8Array.of(0, 1, 1) }],
    ["columns that are too long", { columns: new Uint8Array(9) }],
    ["columns of another type", { columns: [0, 1, 1, 0, 1, 0, 1, 1] }],
    ["no rows", { rows: 0, columns: new Uint8Array(0) }],
    ["half a row", { rows: 4.5 }],
    ["no columns", { cols: 0, arities: [], columns: new Uint8Array(0) }],
    ["an arity too few", { arities: [2] }],
    ["an arity of 0", { arities: [2, 0], columns: Uint8Array.of(0, 1, 1, 0, 255, 255, 255, 255) }],
    ["an arity of 256", { arities: [2, 256] }],
    ["an arity that is no number", { arities: [2, Number.NaN] }],
  ];
  const uses: readonly (readonly [string, (table: StateTable) => unknown])[] = [
    ...structureNames.flatMap((structure) => [
      [
        `learnCircuit ${structure}`,
        (t: StateTable) => learnCircuit(t, { structure, backend: plain }),
      ] as const,
      [
        `valid ${structure}`,
        (t: StateTable) => learnCircuit(good, { structure, valid: t, backend: plain }),
      ] as const,
    ]),
    ["an ensemble", (t) => learnCircuit(t, { structure: "clt", members: 3 })],
    ["chowLiuTree", (t) => chowLiuTree(t)],
    ["chowLiuCircuit", (t) => chowLiuCircuit(t)],
    ["factorizedCircuit", (t) => factorizedCircuit(t)],
    ["cutsetCircuit", (t) => cutsetCircuit(t)],
    ["strudelCircuit", (t) => strudelCircuit(t)],
    ["learnSpnCircuit", (t) => learnSpnCircuit(t)],
    ["mixtureOfTrees", (t) => mixtureOfTrees(t)],
    ["parameterMixture", (t) => parameterMixture(circuit, t)],
    ["ratCircuit", (t) => ratCircuit(t)],
    ["trainEm", (t) => trainEm(circuit, t)],
    ["trainEm valid", (t) => trainEm(circuit, good, { valid: t })],
    ["trainGradient", (t) => trainGradient(circuit, t)],
    ["logLikelihoods", (t) => logLikelihoods(circuit, t)],
    ["meanLogLikelihood", (t) => meanLogLikelihood(circuit, t)],
    ["the learned circuit", (t) => learnCircuit(good, { structure: "clt" }).meanLogLikelihood(t)],
    ["prune", (t) => prune(circuit, { rows: t, minimumFlow: 0.1 })],
  ];

  it.each(uses)("are checked by %s", (_, use) => {
    expect(() => use({ ...good })).not.toThrow();
    for (const [what, part] of bad) {
      const table = { ...good, ...part } as StateTable;
      expect(() => use(table), what).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
      // Not only the first time.
      expect(() => use(table), what).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });

  it.each(bad)("are checked in streams: %s", async (_, part) => {
    const table = { ...good, ...part } as StateTable;
    async function* source() {
      yield good;
      yield table;
    }
    await expect(trainEmStream(circuit, source)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("say which entry is wrong", () => {
    const table = { ...good, columns: Uint8Array.of(0, 1, 1, 0, 1, 7, 1, 1) };
    expect(() => chowLiuTree(table)).toThrow(/Row 1 of column 1 is 7.*from 0 to 1/);
  });
});
