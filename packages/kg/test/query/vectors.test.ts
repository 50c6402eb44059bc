/** The reference vectors of FIT, in double precision, and the answer sets of the crisp graph. */
import { godel, type Logic, lukasiewicz, product, vocabulary } from "@credence/core";
import {
  answer,
  bruteForce,
  parseLstr,
  type Query,
  shapeFormulas,
  type TruthModel,
  truthModelFromMatrices,
} from "@credence/kg";
import { expect, it } from "vitest";
import { describeShared, sharedJson } from "../../../../test/shared.ts";
import { tolerance } from "../../../../test/tolerance.ts";
import { expectClose, logics } from "./arbitraries.ts";

interface Case {
  readonly id: string;
  readonly type: string;
  readonly formula: string;
  readonly grounding: Readonly<Record<string, number>>;
  readonly tnorm: "product" | "Godel";
  readonly bruteForce: readonly number[];
  readonly bruteForceTreeReading?: readonly number[];
}
interface TruthFile {
  readonly kg: { readonly matrices: readonly (readonly number[])[][] };
  readonly cases: readonly Case[];
}
interface OtherLogicsFile {
  readonly kg: TruthFile["kg"];
  readonly cases: readonly (Omit<Case, "tnorm" | "bruteForce"> & {
    readonly lukasiewicz_max: readonly number[];
  })[];
}
interface CrispFile {
  readonly kg: {
    readonly nEntity: number;
    readonly edges: readonly (readonly (readonly [head: number, tail: number])[])[];
  };
  readonly cases: readonly (Omit<Case, "tnorm" | "bruteForce"> & {
    readonly answers: readonly number[];
    readonly answersTreeReading?: readonly number[];
  })[];
}

const fit = <T>(name: string): T => sharedJson<T>("reference", "fit", name);
const cyclic = new Set(["3c", "3cm", "3pcp", "3pnc", "3mc", "square"]);

function modelOf(matrices: readonly (readonly (readonly number[])[])[]): TruthModel {
  const entities = vocabulary(
    "entity",
    matrices[0].map((_, i) => `entity ${i}`),
  );
  return truthModelFromMatrices(
    entities,
    matrices.map((matrix, i) => [`relation ${i}`, matrix] as const),
  );
}

function check(
  model: TruthModel,
  query: Query,
  logic: Logic,
  type: string,
  expected: readonly number[],
): void {
  expectClose(bruteForce(model, query, { logic }), expected, tolerance.reference);
  if (cyclic.has(type)) {
    expect(() => answer(model, query, { logic })).toThrow(expect.objectContaining({ code: "CYCLIC_QUERY" }));
  } else expectClose(answer(model, query, { logic }).truth, expected, tolerance.reference);
}

for (const name of ["truth-A", "truth-extra-A"]) {
  describeShared(name, () => {
    const file = fit<TruthFile>(`${name}.json`);
    const model = modelOf(file.kg.matrices);
    it.each(file.cases)("$id", ({ type, formula, grounding, tnorm, bruteForce: expected }) => {
      const query = parseLstr(formula, grounding, model);
      expect(query.shape).toBe(type in shapeFormulas ? type : query.shape);
      check(model, query, tnorm === "product" ? product : godel, type, expected);
    });

    const trees = file.cases.filter((one) => one.bruteForceTreeReading !== undefined);
    const shared = trees.filter((one) => one.type === "up");
    const forAll = trees.filter((one) => one.type === "pni");
    if (trees.length === 0) return;
    it.each(shared)("$id with one variable for both alternatives", ({ grounding, tnorm, ...one }) => {
      const query = parseLstr("((r1(s1,e1))|(r2(s2,e1)))&(r3(e1,f))", grounding, model);
      const logic = tnorm === "product" ? product : godel;
      const truth = bruteForce(model, query, { logic, reading: "tree" });
      expectClose(truth, one.bruteForceTreeReading!, tolerance.reference);
    });
    it.each(forAll)("$id as the complement of a projection", ({ grounding, tnorm, ...one }) => {
      const logic = tnorm === "product" ? product : godel;
      const truthOf = (formula: string) =>
        answer(model, parseLstr(formula, grounding, model), { logic }).truth;
      const reached = truthOf("(r1(s1,e1))&(r2(e1,f))");
      const truth = truthOf("r3(s2,f)").map((value, i) => logic.and(value, logic.not(reached[i])));
      expectClose(truth, one.bruteForceTreeReading!, tolerance.reference);
    });
  });
}

describeShared("truth-other-logics-A", () => {
  const file = fit<OtherLogicsFile>("truth-other-logics-A.json");
  const model = modelOf(file.kg.matrices);
  it.each(file.cases)("$id under Łukasiewicz's logic", ({ type, formula, grounding, lukasiewicz_max }) => {
    check(model, parseLstr(formula, grounding, model), lukasiewicz, type, lukasiewicz_max);
  });
});

describeShared("crisp-A", () => {
  const file = fit<CrispFile>("crisp-A.json");
  const { nEntity, edges } = file.kg;
  const zeros = () => Array.from({ length: nEntity }, () => Array<number>(nEntity).fill(0));
  const model = modelOf(
    edges.map((pairs) => {
      const matrix = zeros();
      for (const [head, tail] of pairs) matrix[head][tail] = 1;
      return matrix;
    }),
  );
  it.each(file.cases)("$id", ({ type, formula, grounding, answers }) => {
    const query = parseLstr(formula, grounding, model);
    const indicator = Array.from({ length: nEntity }, (_, i) => (answers.includes(i) ? 1 : 0));
    for (const logic of logics) check(model, query, logic, type, indicator);
    if (cyclic.has(type)) return;
    const observed = [...answer(model, query)].filter((one) => one.observed);
    expect(observed.map((one) => model.entities.id(one.entity)).sort((a, b) => a - b)).toEqual(answers);
  });
});

interface QtoFile {
  readonly kg: TruthFile["kg"];
  readonly cases: readonly (Omit<Case, "tnorm" | "bruteForce"> & {
    readonly results: readonly { readonly negScale: number; readonly qto: readonly number[] }[];
  })[];
}

describeShared("qto-A, unscaled negation", () => {
  const file = fit<QtoFile>("qto-A.json");
  const model = modelOf(file.kg.matrices);
  // QTO evaluates `up` as a tree, with one variable for both alternatives.
  const cases = file.cases.filter(({ type }) => type !== "up");
  it.each(cases)("$id", ({ formula, grounding, results }) => {
    const { truth } = answer(model, parseLstr(formula, grounding, model));
    for (const { negScale, qto } of results) {
      if (negScale === 1) expectClose(truth, qto, tolerance.reference);
    }
  });
});
