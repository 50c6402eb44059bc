/** Networks in the formats of uai-file.ts and bif-file.ts; reading gives the same factors again, number by number. */
import { CredenceError } from "@credence/core";
import type { Factor, FactorGraph } from "../compile/factor-graph.ts";
import { inexpressible } from "./inexpressible.ts";

/**
 * A UAI file: `BAYES` if the factors are one conditional probability per variable, the child last, without a
 * cycle, and `MARKOV` otherwise. Names are lost: give them to `parseUai` again. O(values).
 */
export function printUai({ variables, factors }: FactorGraph): string {
  const bayes = notConditional({ variables, factors }) === undefined;
  const lines = [
    bayes ? "BAYES" : "MARKOV",
    String(variables.length),
    variables.map(({ states }) => states.length).join(" "),
    String(factors.length),
    ...factors.map(({ scope }) => [scope.length, ...scope].join(" ")),
  ];
  for (const { values } of factors) lines.push("", String(values.length), ` ${values.join(" ")}`);
  return `${lines.join("\n")}\n`;
}

/** A UAI evidence file of pairs of variable and state numbers. */
export function printUaiEvidence(pairs: readonly (readonly [variable: number, state: number])[]): string {
  return `${[pairs.length, ...pairs.flat()].join(" ")}\n`;
}

/**
 * A BIF file of a Bayesian network, every row with the names of its parents' states. O(values).
 * @throws CredenceError `INEXPRESSIBLE` unless the factors are one conditional probability per variable, the child
 *   last; the rows' sums are not looked at, as networks in use are rounded
 */
export function printBif(graph: FactorGraph): string {
  const { variables, factors } = graph;
  const fault = notConditional(graph);
  if (fault !== undefined) {
    const expected = "one conditional probability per variable, without a cycle";
    throw inexpressible(fault, "a BIF file", expected, "UAI files can say every factor.");
  }
  const lines = ["network unknown {", "}"];
  for (const { name, states } of variables) {
    const list = states.map(bifName).join(", ");
    lines.push(`variable ${bifName(name)} {`, `  type discrete [ ${states.length} ] { ${list} };`, "}");
  }
  for (const factor of factors) lines.push(...probabilityLines(graph, factor));
  return `${lines.join("\n")}\n`;
}

function probabilityLines({ variables }: FactorGraph, { scope, values }: Factor): string[] {
  const parents = scope.slice(0, -1);
  const child = scope[scope.length - 1];
  const width = variables[child].states.length;
  const names = parents.map((parent) => bifName(variables[parent].name));
  const given = parents.length === 0 ? "" : ` | ${names.join(", ")}`;
  const lines = [`probability ( ${bifName(variables[child].name)}${given} ) {`];
  for (let row = 0; row * width < values.length; row++) {
    const numbers = values.subarray(row * width, (row + 1) * width).join(", ");
    if (parents.length === 0) lines.push(`  table ${numbers};`);
    else {
      let rest = row;
      const states: string[] = [];
      for (const parent of [...parents].reverse()) {
        const own = variables[parent].states;
        states.unshift(bifName(own[rest % own.length]));
        rest = Math.floor(rest / own.length);
      }
      lines.push(`  (${states.join(", ")}) ${numbers};`);
    }
  }
  return [...lines, "}"];
}

/** A name as it stands, or in quotes where it would be read as something else. */
function bifName(name: string): string {
  if (/^[\w.+-]+$/.test(name)) return name;
  if (name !== "" && !/["\n]/.test(name)) return `"${name}"`;
  throw new CredenceError({
    code: "INEXPRESSIBLE",
    message: `The name ${JSON.stringify(name)} cannot be written in a BIF file.`,
    given: name,
    expected: "a name without quotation marks and line ends, and not an empty one",
    hint: "Rename the variable or the state.",
  });
}

/** Why the factors are no Bayesian network; undefined if they are one. */
function notConditional({ variables, factors }: FactorGraph): string | undefined {
  const parents = new Map<number, readonly number[]>();
  for (const [f, { scope }] of factors.entries()) {
    if (scope.length === 0) return `Factor ${f}, a number,`;
    const child = scope[scope.length - 1];
    if (parents.has(child)) return `Factor ${f}, the second one for ${variables[child].name},`;
    parents.set(child, scope.slice(0, -1));
  }
  const without = variables.findIndex((_, v) => !parents.has(v));
  if (without >= 0) return `The variable ${variables[without].name}, for which there is no probability,`;
  const loop = variableInCycle(parents, variables.length);
  return loop < 0 ? undefined : `The variable ${variables[loop].name}, which is its own ancestor,`;
}

/** A variable that cannot be ordered after its parents; -1 if all can (A. Kahn, 1962). */
function variableInCycle(parents: ReadonlyMap<number, readonly number[]>, count: number): number {
  const waiting = Array.from({ length: count }, (_, v) => parents.get(v)?.length ?? 0);
  const children: number[][] = waiting.map(() => []);
  for (const [child, own] of parents) for (const parent of own) children[parent].push(child);
  const ready = [...waiting.keys()].filter((v) => waiting[v] === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const child of children[ready[i]]) if (--waiting[child] === 0) ready.push(child);
  }
  return waiting.findIndex((left) => left > 0);
}
