/** Reference vectors that compare two circuits. */
import {
  type CircuitDocument,
  cauchySchwarzDivergence,
  circuitFromJson,
  crossEntropy,
  hellingerSquared,
  klDivergence,
  logInnerProduct,
  renyiDivergence,
  totalVariation,
} from "@credence/circuits";
import { tolerance } from "../tolerance.ts";
import type { VectorCase } from "./runner.ts";

interface PairCase {
  readonly name: string;
  readonly p: CircuitDocument;
  readonly q: CircuitDocument;
  readonly [field: string]: unknown;
}

export const pairCases = (document: { cases: PairCase[] }): VectorCase[] =>
  document.cases.map((one) => ({
    id: one.name,
    run(check) {
      const [p, q] = [circuitFromJson(one.p), circuitFromJson(one.q)];
      const actual: Readonly<Record<string, number>> = {
        klPtoQ: klDivergence(p, q),
        klQtoP: klDivergence(q, p),
        crossEntropyPQ: crossEntropy(p, q),
        expectationOfQunderP: Math.exp(logInnerProduct(p, q)),
        sumPsquared: Math.exp(logInnerProduct(p, p)),
        cauchySchwarzDivergence: cauchySchwarzDivergence(p, q),
        renyi2PtoQ: renyiDivergence(p, q, 2),
        totalVariation: totalVariation(p, q),
        hellingerSquared: hellingerSquared(p, q),
      };
      for (const [field, value] of Object.entries(actual)) {
        check.numbers(field, one[field], value, tolerance.reference, tolerance.reference);
      }
    },
  }));
