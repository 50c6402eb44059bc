import {
  CredenceError,
  type Csr,
  csrFromEntries,
  csrGet,
  InvalidArgumentError,
  matrix,
  vocabulary,
} from "@credence/core";
import { answer, type TruthMatrix, truthModelFromMatrices } from "@credence/kg";
import { describe, expect, it } from "vitest";

const nested = [
  [0, 0.5],
  [1, 0],
];
const csr = csrFromEntries(2, 2, { row: [0, 1], col: [1, 0], value: [0.5, 1] });

describe("truthModelFromMatrices", () => {
  it("takes nested arrays, dense and sparse matrices, and anything with toArray", () => {
    const inputs: TruthMatrix[] = [
      nested,
      matrix(2, 2, Float64Array.of(0, 0.5, 1, 0)),
      csr,
      { toArray: () => nested },
    ];
    for (const input of inputs) {
      const { rows, columns } = truthModelFromMatrices(["a", "b"], { r: input }).relation(0);
      expect(rows).toEqual(csr);
      expect(csrGet(columns, 1, 0)).toBe(0.5);
    }
  });

  it("keeps the names and their order", () => {
    const entities = vocabulary("person", ["b", "a"]);
    const model = truthModelFromMatrices(entities, [
      ["2", nested],
      ["1", nested],
    ]);
    expect(model.entities).toBe(entities);
    expect(model.relations.names).toEqual(["2", "1"]);
    expect(() => answer(model, "?y : 1(c, ?y)")).toThrow(/no person "c"/);
  });

  it("takes what is exactly 1 as observed, or what the caller says", () => {
    const certain = truthModelFromMatrices(["a", "b"], { r: nested });
    expect([certain.observed(1, 0, 0), certain.observed(0, 0, 1), certain.observed(0, 0, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(certain.crisp.crisp).toBe(certain.crisp);
    expect(certain.crisp.relation(0)).toBe(certain.crisp.relation(0));
    const said = truthModelFromMatrices(["a", "b"], { r: nested }, { observed: (head) => head === "a" });
    expect([said.observed(1, 0, 0), said.observed(0, 0, 1), said.observed(0, 0, 0)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(Array.from(answer(said.crisp, "?y : r(a, ?y)").truth)).toEqual([0, 1]);
  });

  it("keeps stored zeros of sparse matrices harmless", () => {
    const zeros = csrFromEntries(2, 2, { row: [0, 0], col: [0, 1], value: [0, 1] });
    const model = truthModelFromMatrices(["a", "b"], { r: zeros });
    expect(Array.from(answer(model, "?y : r(a, ?y)").truth)).toEqual([0, 1]);
    expect(Array.from(answer(model, "?y : !r(?x, ?y), r(a, ?y)").truth)).toEqual([0, 1]);
  });

  const broken = (change: Partial<Record<keyof Csr, unknown>>): Csr => ({ ...csr, ...change }) as Csr;
  it.each<[string, TruthMatrix, RegExp]>([
    [
      "a value above 1",
      [
        [0, 1.5],
        [0, 0],
      ],
      /matrices\.r\[0\]\[1\]/,
    ],
    [
      "a negative value",
      [
        [0, 0],
        [-0.1, 0],
      ],
      /matrices\.r\[1\]\[0\]/,
    ],
    ["another size", [[0]], /2 x 2/],
    ["a sparse value above 1", broken({ values: Float64Array.of(0.5, 2) }), /matrices\.r\[1\]\[0\]/],
    ["a sparse NaN", broken({ values: Float64Array.of(Number.NaN, 1) }), /matrices\.r\[0\]\[1\]/],
    ["sparse offsets of another length", broken({ offsets: Int32Array.of(0, 2) }), /offsets/],
    ["sparse offsets that miss entries", broken({ offsets: Int32Array.of(0, 1, 1) }), /offsets/],
    ["sparse values of another length", broken({ values: Float64Array.of(1) }), /values\.length/],
    ["a sparse column outside", broken({ indices: Int32Array.of(2, 0) }), /indices\[0\]/],
    [
      "sparse columns out of order",
      broken({ offsets: Int32Array.of(0, 2, 2), indices: Int32Array.of(1, 0) }),
      /indices\[1\]/,
    ],
    ["another sparse size", csrFromEntries(3, 3, { row: [], col: [], value: [] }), /2 x 2/],
  ])("refuses %s", (_, input, message) => {
    const make = () => truthModelFromMatrices(["a", "b"], { r: input });
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it("refuses dense NaN, ragged rows, names given twice and relations that do not exist", () => {
    const make = (input: TruthMatrix) => () => truthModelFromMatrices(["a", "b"], { r: input });
    expect(
      make([
        [0, Number.NaN],
        [0, 0],
      ]),
    ).toThrow(expect.objectContaining({ code: "INVALID_ENTRY" }));
    expect(make([[0, 1], [0]])).toThrow(expect.objectContaining({ code: "INVALID_SHAPE" }));
    expect(() => truthModelFromMatrices(["a", "a"], {})).toThrow(CredenceError);
    const twice = [
      ["r", nested],
      ["r", nested],
    ] as const;
    expect(() => truthModelFromMatrices(["a", "b"], twice)).toThrow(
      expect.objectContaining({ code: "DUPLICATE_NAME" }),
    );
    expect(() => truthModelFromMatrices(["a", "b"], { r: nested }).relation(1)).toThrow(InvalidArgumentError);
  });
});
