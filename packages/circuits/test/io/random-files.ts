/** What circuits are made of, as plain data that tests compare, and random ones that the formats can say. */
import {
  type Circuit,
  type CircuitBuilder,
  circuitBuilder,
  type DiscreteVariable,
  type Distribution,
  type Domain,
  type FactorGraph,
  factorGraph,
} from "@credence/circuits";
import { type Rng, rng, vocabulary } from "@credence/core";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { shares } from "../random-circuit.ts";

/** Everything but the names of variables, which not all formats keep. */
export function dataOf(circuit: Circuit) {
  const { domains, kinds, inputs, offsets, children, logWeights, sumGroups, inputGroups } = circuit;
  return {
    domains,
    kinds: [...kinds],
    inputs,
    offsets: [...offsets],
    children: [...children],
    logWeights: [...logWeights],
    sumGroups: sumGroups && [...sumGroups],
    inputGroups: inputGroups && [...inputGroups],
  };
}

/**
 * The circuit as a list of nodes in the order in which a walk from the root leaves them, so that circuits which differ
 * in the numbers of their nodes only are equal; the numbers of the inputs' distributions apart.
 */
export function apart(circuit: Circuit): { nodes: unknown; numbers: number[] } {
  const numbers: number[] = [];
  const nodes: unknown[] = [];
  const places = new Map<number, number>();
  const walk = (node: number): number => {
    const known = places.get(node);
    if (known !== undefined) return known;
    const [from, to] = [circuit.offsets[node], circuit.offsets[node + 1]];
    const children = [...circuit.children.subarray(from, to)].map(walk);
    const input = circuit.inputs[circuit.inputOf[node]];
    if (input !== undefined) {
      const { family, ...own } = input.distribution;
      for (const value of Object.values(own)) numbers.push(...[value as number | number[]].flat());
      nodes.push([input.variable, circuit.domains[input.variable], family]);
    } else nodes.push([circuit.kinds[node], children, [...circuit.logWeights.subarray(from, to)]]);
    places.set(node, nodes.length - 1);
    return nodes.length - 1;
  };
  walk(circuit.size - 1);
  return { nodes, numbers };
}

/** Whether two lists of numbers agree up to rounding. */
export function near(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => close(x, b[i], tolerance.rounding, Number.MIN_VALUE));
}

const numbered = (count: number, first: number) =>
  vocabulary(
    "variable",
    Array.from({ length: count }, (_, v) => String(v + first)),
  );

/** A PSDD: on one vtree, primes deciding on the first variable of their side. */
export function randomPsdd(seed: number, variables: number): Circuit {
  const random = rng(`psdd ${seed}`);
  const builder = circuitBuilder<string>(numbered(variables, 1));
  const order = random.shuffle(Array.from({ length: variables }, (_, v) => v));
  /** A distribution of some of the variables; of the first one only its value, if that is given. */
  const grow = (from: number, to: number, first?: boolean): number => {
    if (to - from === 1) {
      const variable = order[from];
      if (first !== undefined) return builder.literal(variable, first);
      return random() < 0.5
        ? builder.literal(variable, random() < 0.5)
        : builder.input(variable, { family: "bernoulli", p: random() });
    }
    const cut = (from + to) >> 1;
    const cases = first === undefined ? random.shuffle([true, false]).slice(random.int(2)) : [first];
    const terms = cases.map((value) => builder.product([grow(from, cut, value), grow(cut, to)]));
    const share = random() < 0.2 ? 1 : 0.05 + 0.9 * random();
    const logs = terms.length === 1 ? [0] : [Math.log(share), Math.log1p(-share)];
    return builder.sum(terms, logs);
  };
  return builder.build(grow(0, variables));
}

/** A circuit over states and binomial counts, whose inputs speak of every state. */
export function randomJpc(seed: number, indicators = false): Circuit {
  const random = rng(`jpc ${seed}`);
  const all: readonly Domain[] = [
    { kind: "binary" },
    { kind: "categorical", arity: 3 },
    { kind: "binary" },
    { kind: "count" },
    { kind: "categorical", arity: 4 },
  ];
  const domains = indicators ? all.filter(({ kind }) => kind !== "count") : all;
  const builder = circuitBuilder<string>(numbered(domains.length, indicators ? 0 : 1), { domains });
  const terms = Array.from({ length: 2 + random.int(3) }, () =>
    builder.product(domains.map((domain, v) => mixture(builder, random, v, domain, indicators))),
  );
  return builder.build(builder.sum(terms, shares(random, terms.length).map(Math.log)));
}

/** All states' indicators, weighted; and an input with probabilities, unless only indicators are wanted. */
function mixture(
  builder: CircuitBuilder,
  random: Rng,
  variable: number,
  domain: Domain,
  indicators: boolean,
): number {
  if (domain.kind === "count") {
    return builder.input(variable, { family: "binomial", trials: 1 + random.int(5), p: random() });
  }
  const arity = domain.kind === "categorical" ? domain.arity : 2;
  const parts = Array.from({ length: arity }, (_, state) =>
    builder.input(variable, { family: "indicator", state }),
  );
  if (!indicators) {
    const probabilities = shares(random, arity);
    const table: Distribution =
      arity === 2 ? { family: "bernoulli", p: random() } : { family: "categorical", probabilities };
    parts.push(builder.input(variable, table));
  }
  return builder.sum(parts, shares(random, parts.length).map(Math.log));
}

/** A Bayesian network with odd names, or any factors. */
export function randomNetwork(seed: number, bayes: boolean): FactorGraph {
  const random = rng(`network ${seed}`);
  const odd = ["a b", "{", "x;y", "//z", "property", "100%", "Ω", "-1", ",", "table"];
  const names = random.shuffle([...odd]);
  const variables = Array.from({ length: 1 + random.int(4) }, (_, v): DiscreteVariable => {
    const states = random.shuffle([...odd]).slice(0, 1 + random.int(3));
    return { name: names[v], states };
  });
  const count = bayes ? variables.length : random.int(4);
  const factors = Array.from({ length: count }, (_, f) => {
    const others = random.shuffle(variables.map((_variable, v) => v)).slice(0, random.int(3));
    const scope = bayes ? [...others.filter((v) => v < f), f] : others;
    const size = scope.reduce((product, v) => product * variables[v].states.length, 1);
    return { scope, values: Float64Array.from({ length: size }, () => (random() < 0.2 ? 0 : random())) };
  });
  return factorGraph(variables, factors);
}
