/**
 * Reference vectors of corrected probabilities and their certified ranges for label -> attribute rules: per circuit,
 * and averaged over the circuits that speak of a variable.
 */
import {
  compileRules,
  decoupledBounds,
  type MarginalBounds,
  marginalBounds,
  marginals,
  mixtureBounds,
} from "@credence/circuits";
import { tolerance } from "../tolerance.ts";
import type { CaseCheck } from "./case-check.ts";
import { type PrefixRule, rulesFromPrefix } from "./prefix-formula.ts";
import type { VectorCase } from "./runner.ts";

type ByName = Readonly<Record<string, number>>;

interface Figures {
  readonly corrected: ByName;
  readonly theorem1Lower: ByName;
  readonly theorem1Upper: ByName;
  readonly exactLower: ByName;
  readonly exactUpper: ByName;
}

interface ImplicationCase {
  readonly name: string;
  readonly variables: readonly string[];
  readonly probabilities: ByName;
  readonly lower: ByName;
  readonly upper: ByName;
  readonly circuits: readonly (Figures & {
    readonly rules: readonly PrefixRule[];
    readonly logPartition: number;
  })[];
  readonly combined: Figures;
  readonly meanWidth: { readonly input: number; readonly theorem1: number; readonly exact: number };
}

export const implicationCases = (document: { cases: ImplicationCase[] }): VectorCase[] =>
  document.cases.map((one) => ({ id: one.name, run: (check) => checkCase(check, one) }));

function checkCase(check: CaseCheck, one: ImplicationCase): void {
  const box = Object.fromEntries(
    one.variables.map((name) => [name, [one.lower[name], one.upper[name]] as const]),
  );
  const found: Figures[] = [];
  const parts = one.circuits.map((expected, c) => {
    const rules = rulesFromPrefix(expected.rules);
    const circuit = compileRules(rules);
    const own = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(Object.entries(all).filter(([name]) => circuit.variables.has(name)));
    const answer = marginals(circuit, own(one.probabilities));
    const field = `circuits[${c}]`;
    check.numbers(`${field}.logPartition`, expected.logPartition, answer.logPartition, tolerance.rounding);
    const exact = marginalBounds(circuit, own(box), { rules });
    for (const [name, { tight, method }] of Object.entries(exact.kind === "bounds" ? exact.byVariable : {})) {
      check.equal(`${field} exact ${name}`, [true, "two evaluations"], [tight, method]);
    }
    const figures: Figures = {
      corrected: answer.kind === "posteriors" ? answer.probabilities : {},
      ...ends("theorem1", decoupledBounds(circuit, own(box), { rules })),
      ...ends("exact", exact),
    };
    found.push(figures);
    checkFigures(check, field, expected, figures);
    return { circuit, rules };
  });
  const exact = mixtureBounds(parts, box);
  const average = (name: string, raw: ByName, figure: keyof Figures): number => {
    const own = found.flatMap((figures) =>
      Object.hasOwn(figures[figure], name) ? [figures[figure][name]] : [],
    );
    return own.length === 0 ? raw[name] : own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  const averages = (raw: ByName, figure: keyof Figures): ByName =>
    Object.fromEntries(one.variables.map((name) => [name, average(name, raw, figure)]));
  const combined: Figures = {
    corrected: averages(one.probabilities, "corrected"),
    theorem1Lower: averages(one.lower, "theorem1Lower"),
    theorem1Upper: averages(one.upper, "theorem1Upper"),
    ...ends("exact", exact),
  };
  checkFigures(check, "combined", one.combined, combined);
  for (const name of one.variables) {
    check.equal(`combined tight ${name}`, true, exact.kind === "bounds" && exact.byVariable[name].tight);
  }
  const width = (lower: ByName, upper: ByName): number =>
    one.variables.reduce((sum, name) => sum + upper[name] - lower[name], 0) / one.variables.length;
  const widths = {
    input: width(one.lower, one.upper),
    theorem1: width(combined.theorem1Lower, combined.theorem1Upper),
    exact: width(combined.exactLower, combined.exactUpper),
  };
  check.numbers("meanWidth", one.meanWidth, widths, tolerance.rounding);
}

function ends<N extends "theorem1" | "exact">(
  name: N,
  bounds: MarginalBounds | { readonly kind: "contradiction" },
) {
  const all = Object.entries(bounds.kind === "bounds" ? bounds.byVariable : {});
  const end = (which: "low" | "high") => Object.fromEntries(all.map(([v, one]) => [v, one[which]]));
  return { [`${name}Lower`]: end("low"), [`${name}Upper`]: end("high") } as Record<
    `${N}Lower` | `${N}Upper`,
    ByName
  >;
}

function checkFigures(check: CaseCheck, field: string, expected: Figures, actual: Figures): void {
  for (const figure of ["corrected", "theorem1Lower", "theorem1Upper", "exactLower", "exactUpper"] as const) {
    check.numbers(`${field}.${figure}`, expected[figure], actual[figure], tolerance.rounding);
  }
}
