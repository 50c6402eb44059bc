/**
 * Which questions a circuit can answer exactly, decided from the circuit itself and with the reason where it
 * cannot. The queries enforce the same conditions; this says beforehand what they will say.
 */
import type { Circuit } from "../circuit/circuit.ts";
import { knownOf } from "../queries/evidence.ts";
import { countWorlds, worldLimit } from "../queries/worlds.ts";
import { checkNormalized } from "./normalized.ts";
import { checkStructured } from "./structured.ts";

/** The queries that {@link supports} knows. */
export type QueryName =
  | "logPartition"
  | "posteriors"
  | "marginals"
  | "batchMarginals"
  | "sample"
  | "moments"
  | "mutualInformation"
  | "mpe"
  | "entropy"
  | "innerProduct"
  | "klDivergence";

/** Whether a query has an exact answer in time polynomial in the circuit (or by going through few worlds). */
export type Support =
  | { readonly supported: true; readonly method: string; readonly normalized: boolean }
  | { readonly supported: false; readonly reason: string };

/** What a query needs besides smoothness and decomposability, or the reason why it is out of reach. */
type Condition = (circuit: Circuit) => { readonly method: string } | { readonly reason: string };

const passes: Condition = () => ({ method: "one pass up, and one down where posteriors are asked for" });

const onlyKinds =
  (kinds: readonly string[], method: string): Condition =>
  ({ domains, variables }) => {
    const at = domains.findIndex((domain) => !kinds.includes(domain.kind));
    return at < 0
      ? { method }
      : { reason: `${variables.name(at)} is ${domains[at].kind}, not ${kinds.join(" or ")}` };
  };

const deterministicOrFew: Condition = (circuit) => {
  if (circuit.properties.deterministic) return { method: "one pass up and one down" };
  if (countWorlds(circuit, knownOf(circuit, {})) <= worldLimit)
    return { method: "enumeration of all worlds" };
  return { reason: "the circuit is not known to be deterministic, and has too many worlds to go through" };
};

const structured: Condition = (circuit) => {
  const check = checkStructured(circuit);
  if (check.holds) return { method: "recursion over pairs of nodes" };
  return { reason: `no vtree explains all products: see node ${check.node}` };
};

const conditions: Readonly<Record<QueryName, Condition>> = {
  logPartition: passes,
  posteriors: passes,
  sample: passes,
  moments: passes,
  marginals: onlyKinds(["binary"], "one pass up and one down"),
  mutualInformation: onlyKinds(["binary", "categorical"], "one pair of passes per state"),
  batchMarginals(circuit) {
    const literals = circuit.inputOf.every((input, node) => input < 0 || circuit.literals[node] >= 0);
    return literals
      ? { method: "tiles of rows" }
      : { reason: "the circuit has inputs that are not literals" };
  },
  mpe: ({ properties, domains }) => {
    if (properties.deterministic) return { method: "one pass up, one walk down" };
    const finite = domains.every(({ kind }) => kind === "binary" || kind === "categorical");
    if (finite) return { method: "branch and bound: exact if its effort suffices" };
    return {
      reason: "the circuit is not known to be deterministic, and numbers cannot be branched on: bounds only",
    };
  },
  entropy: deterministicOrFew,
  innerProduct: structured,
  klDivergence(circuit) {
    const found = structured(circuit);
    return "reason" in found ? found : deterministicOrFew(circuit);
  },
};

/** Whether `circuit` answers `query` exactly, and how, or why not. O(edges · variables) at worst. */
export function supports(circuit: Circuit, query: QueryName): Support {
  const { smooth, decomposable } = circuit.properties;
  if (!smooth) return { supported: false, reason: "the circuit is not smooth" };
  if (!decomposable) return { supported: false, reason: "the circuit is not decomposable" };
  const found = conditions[query](circuit);
  if ("reason" in found) return { supported: false, reason: found.reason };
  return { supported: true, method: found.method, normalized: checkNormalized(circuit).holds };
}
