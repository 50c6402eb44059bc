/**
 * Builds circuits bottom-up. Equal nodes are made once (hash-consing), so that sharing is found wherever it
 * is, and a node's id is always larger than its children's.
 */
import { InvalidArgumentError, type Vocabulary } from "@credence/core";
import type { Distribution } from "../inputs/distribution.ts";
import { checkDistribution, distributionKey, frozenCopy, type Input } from "../inputs/input.ts";
import { assemble, type BuiltCircuit, type Nodes } from "./assemble.ts";
import { type Circuit, nodeKinds } from "./circuit.ts";
import { binary, checkDomain, type Domain } from "./domain.ts";
import type { Tie } from "./tying.ts";

/** Options of {@link circuitBuilder}. */
export interface BuilderOptions {
  /** What each variable's values are, by id; default: all are binary. */
  readonly domains?: readonly Domain[];
  /**
   * Make equal nodes once; default true. With false only inputs without parameters (indicators) are shared, so
   * that learning may give different parameters to nodes that start with the same ones.
   */
  readonly share?: boolean;
}

/** Makes nodes and returns their ids. */
export interface CircuitBuilder<V extends string = string> {
  readonly variables: Vocabulary<V>;
  readonly domains: readonly Domain[];
  /** Distinct nodes so far. */
  readonly size: number;
  /**
   * [variable = value], of a binary variable.
   * @throws UnknownNameError for an unknown name, InvalidArgumentError for an unknown id
   */
  literal(variable: V | number, value: boolean): number;
  /**
   * A distribution of one variable. An external one stands under a sum of its own, whose weight is the scale of what
   * will be bound to it.
   * @param tie inputs with equal ties, over variables of the same kind, share their parameters in learning; see
   *   circuit/tying.ts
   * @throws UnknownNameError, InvalidArgumentError for parameters outside their range or a family that the
   *   variable's domain does not have
   */
  input(variable: V | number, distribution: Distribution, tie?: Tie): number;
  /** The product of nodes; of none it is the constant 1. A factor 0 makes it 0, factors 1 are left out. */
  product(children: readonly number[]): number;
  /**
   * Σ exp(logWeights[i]) · children[i]; of none it is the constant 0. Children that are 0 are left out.
   * @param logWeights finite or -Infinity; default all 0
   * @param tie sums with equal ties share their weights in learning, child by child; they keep all children, of which
   *   none may be the constant 0
   */
  sum(children: readonly number[], logWeights?: ArrayLike<number>, tie?: Tie): number;
  /**
   * The circuit under `root`, without the nodes that it does not need.
   * @throws CredenceError `UNUSED_VARIABLE` if the root does not speak of every variable, `TIED_PARAMETERS` if nodes
   *   with equal ties have different parameters
   */
  build(root: number): Circuit<V>;
  /** {@link build}, with the places of the nodes. */
  buildWithNodes(root: number): BuiltCircuit<V>;
}

/** An empty builder for circuits over `variables`. Every call takes time linear in the node it makes. */
export function circuitBuilder<V extends string>(
  variables: Vocabulary<V>,
  options: BuilderOptions = {},
): CircuitBuilder<V> {
  const domains = checkDomains(variables, options.domains);
  const share = options.share ?? true;
  const ids = new Map<string, number>();
  const nodes: Nodes = { kinds: [], inputs: [], ties: [], offsets: [0], children: [], logWeights: [] };
  const add = (
    key: string | undefined,
    kind: number,
    input: Input | undefined,
    children: readonly number[],
    logWeights?: ArrayLike<number>,
    tie?: Tie,
  ): number => {
    const known = key === undefined ? undefined : ids.get(key);
    if (known !== undefined) return known;
    const id = nodes.kinds.length;
    if (key !== undefined) ids.set(key, id);
    nodes.kinds.push(kind);
    nodes.inputs.push(input);
    nodes.ties.push(tie);
    for (let i = 0; i < children.length; i++) {
      nodes.children.push(children[i]);
      nodes.logWeights.push(logWeights === undefined ? 0 : logWeights[i]);
    }
    nodes.offsets.push(nodes.children.length);
    return id;
  };
  const input = (variable: number, distribution: Distribution, tie?: Tie): number => {
    const shared = share || distribution.family === "indicator" || distribution.family === "external";
    const key = shared ? `i${variable}:${distributionKey(distribution)}${tieKey(tie)}` : undefined;
    const leaf = add(key, nodeKinds.input, { variable, distribution }, [], undefined, tie);
    return distribution.family === "external" ? add(`e${leaf}`, nodeKinds.sum, undefined, [leaf]) : leaf;
  };
  const idOf = (variable: V | number): number => {
    const id = typeof variable === "number" ? variable : variables.id(variable);
    variables.name(id);
    return id;
  };
  const isEmpty = (id: number, kind: number): boolean =>
    nodes.kinds[id] === kind && nodes.offsets[id] === nodes.offsets[id + 1];
  const checkChildren = (children: readonly number[]): void => {
    if (!(typeof children === "object" && Number.isInteger(children?.length)))
      throw new InvalidArgumentError("children", children, "a list of nodes that this builder has made");
    for (const child of children) {
      if (!(Number.isInteger(child) && child >= 0 && child < nodes.kinds.length)) {
        throw new InvalidArgumentError("A child", child, "the id of a node that this builder has made");
      }
    }
  };

  return {
    variables,
    domains,
    get size() {
      return nodes.kinds.length;
    },
    literal(variable, value) {
      const id = idOf(variable);
      if (domains[id].kind !== "binary") {
        throw new InvalidArgumentError("The variable of a literal", variables.name(id), "a binary variable");
      }
      const state = Number(value);
      if (typeof value === "string" || !(state === 0 || state === 1))
        throw new InvalidArgumentError("The value of a literal", value, "true or false");
      return input(id, indicators[state]);
    },
    input(variable, distribution, tie) {
      const id = idOf(variable);
      checkDistribution(distribution, domains[id]);
      return input(id, frozenCopy(distribution), tie);
    },
    product(children) {
      checkChildren(children);
      const factors = children.filter((child) => !isEmpty(child, nodeKinds.product));
      const zero = factors.find((child) => isEmpty(child, nodeKinds.sum));
      if (zero !== undefined) return zero;
      if (factors.length === 1) return factors[0];
      return add(share ? `p${factors.join()}` : undefined, nodeKinds.product, undefined, factors);
    },
    sum(children, given, tie) {
      checkChildren(children);
      const logWeights = given === undefined ? new Float64Array(children.length) : given;
      checkWeights(logWeights, children.length);
      const kept: number[] = [];
      const weights: number[] = [];
      children.forEach((child, i) => {
        if (isEmpty(child, nodeKinds.sum)) {
          if (tie === undefined) return;
          throw new InvalidArgumentError("A child of a tied sum", child, "other than the constant 0");
        }
        kept.push(child);
        // Adding 0 turns -0 into 0: equal weights are written equally.
        weights.push(logWeights[i] + 0);
      });
      if (kept.length === 1 && weights[0] === 0 && tie === undefined) return kept[0];
      const key = share ? `s${kept.join()}:${weights.join()}${tieKey(tie)}` : undefined;
      return add(key, nodeKinds.sum, undefined, kept, weights, tie);
    },
    build(root) {
      checkChildren([root]);
      return assemble(variables, domains, nodes, root).circuit;
    },
    buildWithNodes(root) {
      checkChildren([root]);
      return assemble(variables, domains, nodes, root);
    },
  };
}

/** Tells nodes apart that are equal but for their ties. */
function tieKey(tie: Tie | undefined): string {
  return tie === undefined ? "" : ` ${JSON.stringify(tie)}`;
}

/** The two literals of a binary variable. */
const indicators: readonly Distribution[] = [
  Object.freeze({ family: "indicator", state: 0 }),
  Object.freeze({ family: "indicator", state: 1 }),
];

function checkDomains(variables: Vocabulary, domains?: readonly Domain[]): readonly Domain[] {
  if (domains === undefined) return Array.from({ length: variables.size }, () => binary);
  if (domains.length !== variables.size) {
    throw new InvalidArgumentError("domains", domains, `${variables.size} domains, one per variable`);
  }
  for (const domain of domains) checkDomain(domain);
  return domains;
}

function checkWeights(logWeights: ArrayLike<number>, length: number): void {
  if (logWeights?.length !== length) {
    throw new InvalidArgumentError("logWeights", logWeights, `${length} numbers, one per child`);
  }
  for (let i = 0; i < length; i++) {
    // Texts and the like compare as numbers, and do not add as such.
    if (!(typeof logWeights[i] === "number" && logWeights[i] < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("A log weight", logWeights[i], "finite, or -Infinity for a weight of 0");
    }
  }
}
