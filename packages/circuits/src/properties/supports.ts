/**
 * Which questions a circuit can answer exactly, decided from the circuit itself and with the reason where it
 * cannot. The queries enforce the same conditions; this says beforehand what they will say. Yes means yes, up to the
 * limits that a method names. No is said of what the circuit holds; where weights of 0 or ties leave nothing of what
 * stands in the way, a query may still have an answer, and says itself whether it is exact.
 */
import { UnknownNameError } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import type { Domain } from "../circuit/domain.ts";
import { hasPower, haveProduct } from "../inputs/integrals.ts";
import { knownOf } from "../queries/evidence.ts";
import { countWorlds, worldLimit } from "../queries/worlds.ts";
import { determinism } from "./determinism.ts";
import { checkNormalized } from "./normalized.ts";
import { checkCompatible } from "./structured.ts";

/** Whether a query has an exact answer, and at what cost. */
export type Support =
  | {
      readonly supported: true;
      readonly method: string;
      /** Whether the time is polynomial in the circuit, for certain; otherwise the method may have to give up. */
      readonly tractable: boolean;
      /** Whether the weights of all sums add up to 1, so that weights of worlds are probabilities. */
      readonly normalized: boolean;
    }
  | { readonly supported: false; readonly reason: string };

/** What the question is about besides the circuit. */
export interface SupportOptions<V extends string = string> {
  /** The second circuit of products and divergences; default the circuit itself. */
  readonly other?: Circuit;
  /** The variables that `marginalMap` asks for; default all. */
  readonly variables?: readonly V[];
  /** The exponent of `power`, or the order of `renyiDivergence`; default 2. */
  readonly exponent?: number;
}

type Answer = { readonly method: string; readonly tractable: boolean } | { readonly reason: string };

/** What a query needs besides smoothness and decomposability. */
type Condition = (circuit: Circuit, options: SupportOptions) => Answer;

const yes = (method: string): Answer => ({ method, tractable: true });
const search = (method: string): Answer => ({ method, tractable: false });
const no = (reason: string): Answer => ({ reason });

const always =
  (method: string): Condition =>
  () =>
    yes(method);

type Kind = Domain["kind"];
const withStates: readonly Kind[] = ["binary", "categorical"];

/** The first variable of another kind, in words. */
function otherKind({ domains, variables }: Circuit, kinds: readonly Kind[]): string | undefined {
  const at = domains.findIndex((domain) => !kinds.includes(domain.kind));
  if (at < 0) return undefined;
  return `${variables.name(at)} is ${domains[at].kind}, not ${kinds.join(" or ")}`;
}

const onlyKinds =
  (kinds: readonly Kind[], method: string): Condition =>
  (circuit) => {
    const reason = otherKind(circuit, kinds);
    return reason === undefined ? yes(method) : no(reason);
  };

const someKinds =
  (kinds: readonly Kind[], count: number, then: Condition): Condition =>
  (circuit, options) => {
    const found = circuit.domains.filter(({ kind }) => kinds.includes(kind)).length;
    if (found >= count) return then(circuit, options);
    return no(`${found} of its variables are ${kinds.join(" or ")}, and ${count} are needed`);
  };

const literals: Condition = (circuit) => {
  const only = circuit.inputOf.every((input, node) => input < 0 || circuit.literals[node] >= 0);
  return only ? yes("tiles of rows") : no("the circuit has inputs that are not literals");
};

/** Going through all worlds, where they are few. */
const worldByWorld: Condition = (circuit) => {
  const count = countWorlds(circuit, knownOf(circuit, {}));
  return count <= worldLimit
    ? search("enumeration of all worlds")
    : no(`it has ${count} worlds to go through`);
};

const deterministicOrFew: Condition = (circuit, options) => {
  if (circuit.properties.deterministic) return yes("one pass up and one down");
  const found = worldByWorld(circuit, options);
  if ("method" in found) return found;
  return no(`the circuit is not known to be deterministic, and ${found.reason}`);
};

/** Recursion over pairs of nodes of both circuits, of which the inputs of a variable need to fit. */
const pairs =
  (needed: "inner" | "product"): Condition =>
  (circuit, { other = circuit }) => {
    const { smooth, decomposable } = other.properties;
    if (!(smooth && decomposable)) return no("the other circuit is not smooth and decomposable");
    const check = checkCompatible([circuit, other]);
    const unfit = unfitInputs(circuit, other, needed);
    if (unfit !== undefined) return no(unfit);
    if (check.holds) return yes("recursion over pairs of nodes");
    const whose = check.circuit === 0 ? "" : " of the other circuit";
    return search(
      `recursion over groups of nodes, if few suffice: no vtree explains all products, see node ${check.node}${whose}`,
    );
  };

/** Of circuits over the same variables as {@link pairs}; otherwise what is not common stands apart. */
const products: Condition = (circuit, options) => {
  const { other = circuit } = options;
  const names = new Set(circuit.variables.names);
  const common = other.variables.names.filter((name) => names.has(name)).length;
  if (common === names.size && common === other.variables.size) return pairs("product")(circuit, options);
  const { smooth, decomposable } = other.properties;
  if (!(smooth && decomposable)) return no("the other circuit is not smooth and decomposable");
  if (common === 0) return yes("copies of both, side by side");
  return search("recursion over groups of nodes, if few suffice, and if inputs of common variables fit");
};

/** Inputs of one variable that have no closed form together, in words. */
function unfitInputs(p: Circuit, q: Circuit, needed: "inner" | "product"): string | undefined {
  // One input of each family that a variable has will do for all; of gamma ones that of the smallest shape.
  const samples = (circuit: Circuit) => {
    const found = new Map<string, Circuit["inputs"][number]>();
    for (const input of circuit.inputs) {
      const key = `${input.variable} ${input.distribution.family}`;
      const known = found.get(key)?.distribution;
      const { distribution: own } = input;
      if (known?.family !== "gamma" || own.family !== "gamma" || own.shape < known.shape)
        found.set(key, input);
    }
    return [...found.values()];
  };
  const others = samples(q);
  for (const a of samples(p)) {
    for (const b of others) {
      if (a.variable !== b.variable || haveProduct(a, b, needed)) continue;
      const [left, right] = [a, b].map(({ distribution }) => distribution.family);
      return `${p.variables.name(a.variable)} has inputs of the families ${left} and ${right}, which have no closed form together`;
    }
  }
  return undefined;
}

const bestWorld: Condition = (circuit) => {
  if (circuit.properties.deterministic) return yes("one pass up, one walk down");
  if (otherKind(circuit, withStates) === undefined)
    return search("branch and bound: exact if its effort suffices");
  return no("the circuit is not known to be deterministic, and numbers cannot be branched on: bounds only");
};

const bestWorlds: Condition = (circuit) => {
  const numbers = otherKind(circuit, withStates);
  if (numbers !== undefined)
    return no(`${numbers}: numbers have no second best value unless evidence lists them`);
  if (circuit.properties.deterministic) return yes("the best trees of every node");
  return search("branch and bound: exact if its effort suffices");
};

const marginalMap: Condition = (circuit, { variables = circuit.variables.names }) => {
  const numbers = variables.find(
    (name) => !withStates.includes(circuit.domains[circuit.variables.id(name)].kind),
  );
  if (numbers !== undefined) return no(`${numbers} is a number: its values cannot be listed`);
  const decided = determinism(circuit, { variables });
  if (decided.status === "certified")
    return yes("one pass up, one walk down: the sums decide on these variables");
  return search("branch and bound: exact if its effort suffices");
};

const formula: Condition = (circuit) => {
  if (checkCompatible([circuit]).holds) return yes("inner product with the formula's SDD");
  return search("expansion of the formula, if few decisions settle it");
};

const divergence: Condition = (circuit, options) => {
  const found = pairs("inner")(circuit, options);
  const { other = circuit } = options;
  if ("reason" in found || other.properties.deterministic) return found;
  return deterministicOrFew(other, options);
};

/** An input without that power, in words. */
function powerless(circuit: Circuit, exponent: number): string | undefined {
  const unfit = circuit.inputs.find((input) => !hasPower(input, exponent));
  if (unfit === undefined) return undefined;
  const name = circuit.variables.name(unfit.variable);
  return `${name} has a ${unfit.distribution.family} input, of which that power is in no family`;
}

const power: Condition = (circuit, options) => {
  const { exponent = 2 } = options;
  if (circuit.properties.deterministic) {
    const reason = powerless(circuit, exponent);
    return reason === undefined ? yes("the powers of all weights and inputs") : no(reason);
  }
  if (!(Number.isInteger(exponent) && exponent >= 1))
    return no("the circuit is not known to be deterministic, and the exponent is none of 1, 2, 3, …");
  return exponent === 1 ? yes("the circuit itself") : pairs("product")(circuit, {});
};

/** Σ P^α Q^(1-α): through all worlds if these are few, else as an inner product of powers. */
const affinity =
  (orderOf: (options: SupportOptions) => number): Condition =>
  (circuit, options) => {
    const { other = circuit } = options;
    const found = worldByWorld(circuit, options);
    if ("method" in found) return found;
    if (!(circuit.properties.deterministic && other.properties.deterministic))
      return no(`the circuits are not both known to be deterministic, and ${found.reason}`);
    const order = orderOf(options);
    const reason = powerless(circuit, order) ?? powerless(other, 1 - order);
    return reason === undefined ? pairs("inner")(circuit, options) : no(reason);
  };

const conditions = {
  logPartition: always("one pass up"),
  logProbability: always("two passes up"),
  conditionalLogProbability: always("two passes up"),
  posteriors: always("one pass up, and one down"),
  marginals: onlyKinds(["binary"], "one pass up and one down"),
  batchMarginals: literals,
  pairwiseMarginals: someKinds(withStates, 2, always("one pair of passes per state")),
  gradients: always("one pass up, and one down"),
  sample: always("one pass up, and one walk down per sample"),
  moments: always("one pair of passes per state or input"),
  expectation: always("one pass up per term"),
  cdf: always("one pass up, and one down"),
  quantile: always("one pass up, one down, and bisection"),
  explainEvidence: always("one pass up, and two down"),
  explainPosterior: always("two passes up, and two down"),
  mutualInformation: onlyKinds(withStates, "one pair of passes per state"),
  mpe: bestWorld,
  kBest: bestWorlds,
  marginalMap,
  entropy: deterministicOrFew,
  condition: always("one pass up; of numbers only what is left in a family of inputs"),
  normalize: always("one pass up"),
  formulaProbability: someKinds(["binary"], 1, formula),
  posteriorsGiven: someKinds(["binary"], 1, formula),
  conditionOnFormula: someKinds(["binary"], 1, formula),
  multiply: products,
  power,
  innerProduct: pairs("inner"),
  cauchySchwarzDivergence: pairs("inner"),
  l2Distance: pairs("inner"),
  crossEntropy: divergence,
  klDivergence(circuit, options) {
    const found = divergence(circuit, options);
    return "reason" in found || !found.tractable ? found : deterministicOrFew(circuit, options);
  },
  totalVariation: worldByWorld,
  hellingerSquared: affinity(() => 0.5),
  renyiDivergence: affinity(({ exponent = 2 }) => exponent),
} satisfies Readonly<Record<string, Condition>>;

/** The queries that {@link supports} knows, by the names of their functions. */
export type QueryName = keyof typeof conditions;

/** What needs no more of an external input than that it has mass 1, unless evidence speaks of its variable. */
const ofMasses: ReadonlySet<QueryName> = new Set<QueryName>([
  "logPartition",
  "logProbability",
  "conditionalLogProbability",
  "explainEvidence",
  "explainPosterior",
  "condition",
  "normalize",
  "formulaProbability",
  "conditionOnFormula",
]);

/** An external input that is not bound, in words. */
function unbound({ inputs, variables }: Circuit): string | undefined {
  for (const { variable, distribution: d } of inputs) {
    if (d.family === "external")
      return `its external input ${d.slot}, of ${variables.name(variable)}, is not bound (see bindExternals)`;
  }
  return undefined;
}

/**
 * Whether `circuit` answers `query` exactly, and how, or why not. O(edges · variables) for most queries; those that
 * depend on determinism with respect to some variables, or on a vtree, take what finding these takes.
 * @throws UnknownNameError for a query that there is none of, or a variable that the circuit does not have
 * @throws InvalidArgumentError for another circuit over other variables, unless it is to be multiplied
 */
export function supports<V extends string>(
  circuit: Circuit<V>,
  query: QueryName,
  options: SupportOptions<V> = {},
): Support {
  if (!Object.hasOwn(conditions, query)) throw new UnknownNameError("query", query, Object.keys(conditions));
  const { smooth, decomposable } = circuit.properties;
  if (!smooth) return { supported: false, reason: "the circuit is not smooth" };
  if (!decomposable) return { supported: false, reason: "the circuit is not decomposable" };
  const reason = ofMasses.has(query) ? undefined : unbound(circuit);
  if (reason !== undefined) return { supported: false, reason };
  const found = (conditions[query] as Condition)(circuit, options);
  if ("reason" in found) return { supported: false, reason: found.reason };
  return { supported: true, ...found, normalized: checkNormalized(circuit).holds };
}

/** What a circuit answers, by query. O(as {@link supports}, for every query). */
export function capabilities(circuit: Circuit): { readonly [Q in QueryName]: Support } {
  const names = Object.keys(conditions) as QueryName[];
  const entries = names.map((query): [QueryName, Support] => [query, supports(circuit, query)]);
  return Object.fromEntries(entries) as Record<QueryName, Support>;
}
