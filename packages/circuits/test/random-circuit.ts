/** Random circuits for laws: smooth and decomposable by construction, over any mix of domains. */
import {
  arityOf,
  type Circuit,
  type CircuitBuilder,
  circuitBuilder,
  type Distribution,
  type Domain,
} from "@credence/circuits";
import { type Rng, rng, vocabulary } from "@credence/core";

export const finiteDomains: readonly Domain[] = [
  { kind: "binary" },
  { kind: "categorical", arity: 3, states: ["low", "middle", "high"] },
  { kind: "binary" },
  { kind: "categorical", arity: 4 },
  { kind: "binary" },
];

export const mixedDomains: readonly Domain[] = [
  { kind: "binary" },
  { kind: "real" },
  { kind: "categorical", arity: 3 },
  { kind: "count" },
];

/** Shares that add up to 1; some may be exactly 0. */
export function shares(random: Rng, count: number): number[] {
  const raw = Array.from({ length: count }, () => (random() < 0.1 ? 0 : 0.05 + random()));
  const total = raw.reduce((a, b) => a + b, 0);
  return total === 0 ? raw.map(() => 1 / count) : raw.map((x) => x / total);
}

export function randomDistribution(random: Rng, domain: Domain): Distribution {
  switch (domain.kind) {
    case "real":
      return random() < 0.7
        ? { family: "gaussian", mean: random.normal(), std: 0.3 + random() }
        : { family: "exponential", rate: 0.5 + random() };
    case "count":
      return random() < 0.6
        ? { family: "poisson", rate: 0.5 + 3 * random() }
        : { family: "binomial", trials: 4, p: random() };
    case "binary":
      if (random() < 0.5) return { family: "bernoulli", p: random() };
  }
  const arity = arityOf(domain);
  if (random() < 0.3) return { family: "indicator", state: random.int(arity) };
  return { family: "categorical", probabilities: shares(random, arity) };
}

/** A normalized circuit; `structured` splits scopes the same way everywhere, otherwise at random. */
export function randomCircuit(seed: number, domains: readonly Domain[], structured = false): Circuit {
  const random = rng(seed);
  const variables = vocabulary(
    "variable",
    domains.map((_, v) => `v${v}`),
  );
  const builder = circuitBuilder<string>(variables, { domains });
  const all = domains.map((_, v) => v);
  return builder.build(grow(builder, domains, all, random, structured, 0));
}

function grow(
  builder: CircuitBuilder,
  domains: readonly Domain[],
  scope: readonly number[],
  random: Rng,
  structured: boolean,
  depth: number,
): number {
  const terms = 1 + random.int(3);
  const children = Array.from({ length: terms }, () => {
    if (scope.length === 1) return builder.input(scope[0], randomDistribution(random, domains[scope[0]]));
    const order = structured ? [...scope] : random.shuffle([...scope]);
    const cut = structured ? Math.ceil(scope.length / 2) : 1 + random.int(scope.length - 1);
    const halves = [order.slice(0, cut), order.slice(cut)];
    return builder.product(halves.map((half) => grow(builder, domains, half, random, structured, depth + 1)));
  });
  const weights = shares(random, terms);
  return builder.sum(children, weights.map(Math.log));
}

/** All worlds of finite domains. */
export function* worldsOf(domains: readonly Domain[]): Generator<number[]> {
  const count = domains.reduce((product, domain) => product * arityOf(domain), 1);
  for (let i = 0; i < count; i++) {
    let rest = i;
    yield domains.map((domain) => {
      const state = rest % arityOf(domain);
      rest = Math.floor(rest / arityOf(domain));
      return state;
    });
  }
}

/** The value of a circuit at a world. */
export function valueAt(circuit: Circuit, world: readonly number[]): number {
  return nodeValuesAt(circuit, world)[circuit.size - 1];
}

/** The values of all nodes at a world by the definition, and not in logs. */
export function nodeValuesAt(circuit: Circuit, world: readonly number[]): number[] {
  const values: number[] = [];
  for (let node = 0; node < circuit.size; node++) {
    const edges = Array.from(
      { length: circuit.offsets[node + 1] - circuit.offsets[node] },
      (_, i) => circuit.offsets[node] + i,
    );
    const input = circuit.inputs[circuit.inputOf[node]];
    if (input !== undefined) values.push(stateValue(input.distribution, world[input.variable]));
    else if (circuit.kinds[node] === 1)
      values.push(edges.reduce((p, e) => p * values[circuit.children[e]], 1));
    else
      values.push(
        edges.reduce((s, e) => s + Math.exp(circuit.logWeights[e]) * values[circuit.children[e]], 0),
      );
  }
  return values;
}

function stateValue(d: Distribution, x: number): number {
  if (d.family === "bernoulli") return x === 1 ? d.p : 1 - d.p;
  if (d.family === "categorical") return d.probabilities[x];
  return d.family === "indicator" && d.state === x ? 1 : 0;
}

/**
 * A deterministic circuit over finite domains, most of it not seen as such by syntax alone: a decision list on the
 * variables in turn, every branch with weights and the rest of the variables of its own.
 */
export function randomDeterministicCircuit(seed: number, domains: readonly Domain[]): Circuit {
  const random = rng(seed);
  const variables = vocabulary(
    "variable",
    domains.map((_, v) => `v${v}`),
  );
  const builder = circuitBuilder<string>(variables, { domains });
  const decide = (variable: number): number => {
    if (variable === domains.length) return builder.product([]);
    const arity = arityOf(domains[variable]);
    const rests = [decide(variable + 1), random() < 0.5 ? decide(variable + 1) : -1];
    const children = Array.from({ length: arity }, (_, state) => {
      const rest = rests[1] < 0 ? rests[0] : rests[random.int(2)];
      return builder.product([builder.input(variable, { family: "indicator", state }), rest]);
    });
    return builder.sum(children, shares(random, arity).map(Math.log));
  };
  return builder.build(decide(0));
}
