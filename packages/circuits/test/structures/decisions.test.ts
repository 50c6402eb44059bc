import { checkNormalized, circuitBuilder, logLikelihoods, meanLogLikelihood } from "@credence/circuits";
import { vocabulary } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { fitTree } from "../../src/structures/clt.ts";
import {
  addDecisions,
  busiestEdge,
  type DecisionState,
  startDecisions,
  trySplit,
} from "../../src/structures/decisions.ts";
import { randomTable } from "../learn/tables.ts";

const arities = [2, 2, 3, 2, 2];
const train = randomTable(1, 300, arities);

function circuitOf(state: DecisionState) {
  const names = arities.map((_, v) => `x${v}`);
  const domains = arities.map((arity) =>
    arity === 2 ? ({ kind: "binary" } as const) : ({ kind: "categorical", arity } as const),
  );
  const builder = circuitBuilder<string>(vocabulary("variable", names), { domains });
  return builder.build(addDecisions(builder, state));
}

/** What the decisions say of their own rows: counts times logs of frequencies, rows by rows. */
function checkRows(state: DecisionState): void {
  const known = new Set<number>();
  for (const { rows } of state.root.passing) for (const r of rows) known.add(r);
  expect(known.size).toBe(state.all.rows);
  for (const decision of state.decisions) {
    decision.passing.forEach(({ rows, train: count }, i) => {
      expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
      expect(rows.filter((r) => r < state.trainRows)).toHaveLength(count);
      const { state: own, fixed } = decision.terms[i];
      for (const r of rows) {
        expect(state.all.columns[decision.variable * state.all.rows + r]).toBe(own);
        for (const [v, s] of fixed) expect(state.all.columns[v * state.all.rows + r]).toBe(s);
      }
    });
  }
}

describe("decisions", () => {
  it("send every row down one way, before and after splits", () => {
    const valid = randomTable(2, 100, arities);
    const state = startDecisions(fitTree(train, 1), train, valid, 1);
    checkRows(state);
    let kept = 0;
    for (let tried = 0; tried < 40; tried++) {
      const edge = busiestEdge(state, 10);
      if (edge === undefined) break;
      expect(edge.passing.train).toBeGreaterThanOrEqual(10);
      const { variable } = edge.decision.terms[edge.at];
      const done = [...state.below[variable]].some((x) => x !== variable && trySplit(state, edge, x));
      if (done) kept++;
      else state.exhausted.add(edge.passing);
      checkRows(state);
    }
    expect(kept).toBeGreaterThan(0);
    expect(checkNormalized(circuitOf(state))).toEqual({ holds: true });
  });

  it("keep a split only if the rows that decide gain by it, by as much as the circuit says", () => {
    const state = startDecisions(fitTree(train, 1), train, train, 1);
    let before = meanLogLikelihood(circuitOf(state), train);
    for (let tried = 0; tried < 15; tried++) {
      const edge = busiestEdge(state, 5);
      if (edge === undefined) break;
      const { variable } = edge.decision.terms[edge.at];
      const x = [...state.below[variable]].find((v) => v !== variable);
      const done = x !== undefined && trySplit(state, edge, x);
      const after = meanLogLikelihood(circuitOf(state), train);
      if (done) expect(after).toBeGreaterThan(before);
      else {
        expect(close(after, before, tolerance.rounding)).toBe(true);
        state.exhausted.add(edge.passing);
      }
      before = after;
    }
  });

  it("never lose training likelihood where nothing is smoothed, and leave no row without probability", () => {
    const state = startDecisions(fitTree(train, 1e-9), train, undefined, 1e-9);
    const first = circuitOf(state);
    const edge = busiestEdge(state, 1)!;
    const { variable } = edge.decision.terms[edge.at];
    const x = [...state.below[variable]].find((v) => v !== variable);
    if (x !== undefined) trySplit(state, edge, x);
    const second = circuitOf(state);
    expect(second.variables.names).toEqual(first.variables.names);
    expect(meanLogLikelihood(second, train)).toBeGreaterThanOrEqual(
      meanLogLikelihood(first, train) - tolerance.rounding,
    );
    expect(logLikelihoods(second, train).every(Number.isFinite)).toBe(true);
  });
});
