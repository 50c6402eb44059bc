/**
 * What a source says of which worlds there are, as an NNF or as an SDD: for formats that know no weights, and for
 * those that need a vtree. Rules are a formula if they are hard, a circuit is one if its value is 0 or 1 at every
 * world. Where worlds weigh something else, nothing is written rather than something else.
 */
import { InvalidArgumentError, isHard, type Rule, type RunOptions, variablesOf } from "@credence/core";
import type { Circuit } from "../circuit/circuit.ts";
import { type Cnf, cnf } from "../cnf/cnf.ts";
import { compileDnfAsync } from "../cnf/compile-dnf.ts";
import { type Dnf, negatedDnf } from "../cnf/dnf.ts";
import type { Dimacs, DimacsDnf, DimacsFacts } from "../cnf/parse-dimacs.ts";
import { compileRulesAsync } from "../compile/rules.ts";
import type { Budget } from "../ddnnf/budget.ts";
import { compileCnfAsync } from "../ddnnf/compile-cnf.ts";
import { modelCount } from "../ddnnf/evaluate.ts";
import type { Nnf } from "../ddnnf/nnf.ts";
import { smoothNnf } from "../ddnnf/smooth.ts";
import { nnfToCircuit } from "../ddnnf/to-circuit.ts";
import { pinSdd, type SddHandle } from "../sdd/collect.ts";
import { compileSddAsync } from "../sdd/compile-sdd.ts";
import { sddModelCount } from "../sdd/count.ts";
import { sddFromNnfAsync } from "../sdd/from-nnf.ts";
import { type SddManager, type SddRef, sddManager } from "../sdd/manager.ts";
import { minimizeSddAsync } from "../sdd/minimize.ts";
import { sddCopy, sddNot } from "../sdd/operations.ts";
import { sddToNnf } from "../sdd/to-nnf.ts";
import { namedVtree, type VtreeName } from "../vtree/named.ts";
import { vtreeOfNnf } from "../vtree/of-nnf.ts";
import type { Vtree } from "../vtree/vtree.ts";
import { vtreeOfCircuit } from "./circuit-vtree.ts";
import { inexpressible } from "./inexpressible.ts";
import { formulaOfCircuit } from "./print-nnf.ts";
import {
  budgetOf,
  type CircuitSource,
  type CompileSourceOptions,
  compileSource,
  ruleBudget,
  wholeCnf,
  wholeDnf,
} from "./sources.ts";

/** Options of {@link sddOfSource}. */
export interface SddOfSourceOptions extends CompileSourceOptions {
  /**
   * The vtree, or its name. By default an SDD keeps its own; CNFs and rules get that of `namedVtree`; NNFs and
   * circuits the one that they follow, or else the one that a way down through them hints at.
   */
  readonly vtree?: Vtree | VtreeName | undefined;
  /** Look for a better vtree as well; that of an SDD that was read changes with it. Default false. */
  readonly vtreeSearch?: boolean | undefined;
}

/** A function in a manager, pinned, and what it is about. */
export interface SddOfSource {
  readonly sdd: SddHandle;
  /** Variables of the source: those that only the vtree has are free. */
  readonly variables: number;
  /** Names of the variables 1, 2, … where the source has names for them. */
  readonly names?: readonly string[];
}

/**
 * The worlds of a source as a smooth d-DNNF. For an NNF that was read, that it is deterministic is believed.
 * @param format its name, for errors
 * @throws CredenceError `INEXPRESSIBLE` where worlds have weights, and what `compileSource` throws
 */
export async function nnfOfSource(
  source: CircuitSource,
  format = "an NNF",
  options: CompileSourceOptions = {},
): Promise<Nnf> {
  switch (source.kind) {
    case "nnf":
      return source.nnf;
    case "sdd":
      return sddToNnf(source.sdd.manager, source.sdd.ref);
    case "cnf":
      return (await compileCnfAsync(unweightedCnf(source.dimacs, format), budgetOf(options))).nnf;
    case "dnf":
      return (await compileDnfAsync(unweightedDnf(source.dimacs, format), budgetOf(options))).nnf;
    case "rules":
      return formulaOfCircuit(await compileHardRules(source.rules, format, options), format);
    default:
      return formulaOfCircuit(await compileSource(source, options), format);
  }
}

/**
 * The worlds of a source as an SDD. The manager is a new one, but for an SDD that was read and keeps its vtree.
 * @throws CredenceError `INEXPRESSIBLE` where worlds have weights, for a formula without variables, and for a circuit
 *   that is not 0 or 1 everywhere; what `compileSource` throws
 * @throws InvalidArgumentError for a vtree of fewer variables, and for `min-fill` and `bisection` where no clauses or
 *   rules tell which variables belong together
 */
export async function sddOfSource(
  source: CircuitSource,
  options: SddOfSourceOptions = {},
): Promise<SddOfSource> {
  const { vtree, vtreeSearch = false, ...rest } = options;
  const limits = budgetOf(rest);
  const { variables, names, build, treeFor } = await planOf(source, limits);
  if (variables === 0) {
    throw inexpressible("A formula without variables", "an SDD", "at least one variable", "Add a variable.");
  }
  const isNamed = typeof vtree === "string";
  const known = source.kind === "sdd" && vtree === undefined ? source.sdd.manager : undefined;
  const manager = known ?? sddManager(isNamed || vtree === undefined ? treeFor(vtree) : vtree);
  const ref = known === undefined ? await build(manager, vtreeSearch) : (source as SddFile).sdd.ref;
  const sdd = pinSdd(manager, ref);
  // CNFs and DNFs are searched for on the way, too, and have had their search at the end.
  if (vtreeSearch && source.kind !== "cnf" && source.kind !== "dnf") {
    const { nodes, ...search } = limits;
    await minimizeSddAsync(manager, [], search);
  }
  return { sdd, variables, ...(names === undefined ? {} : { names }) };
}

type Limits = RunOptions & Budget;

type SddFile = Extract<CircuitSource, { kind: "sdd" }>;

/** How the SDD of a source is made. */
interface Plan {
  readonly variables: number;
  readonly names?: readonly string[];
  readonly treeFor: (name: VtreeName | undefined) => Vtree;
  readonly build: (manager: SddManager, vtreeSearch: boolean) => Promise<SddRef> | SddRef;
}

async function planOf(source: CircuitSource, limits: Limits): Promise<Plan> {
  switch (source.kind) {
    case "sdd": {
      const { manager, ref } = source.sdd;
      const { variables } = manager.vtree;
      return {
        variables,
        treeFor: (name) => (name === undefined ? manager.vtree : shapeNamed(variables, name)),
        build: (target) => sddCopy(manager, ref, target, limits),
      };
    }
    case "cnf": {
      const formula = unweightedCnf(source.dimacs, "an SDD");
      return {
        variables: formula.variables,
        treeFor: (name) => namedVtree(formula, name),
        build: (manager, vtreeSearch) => compileSddAsync(manager, formula, { ...limits, vtreeSearch }),
      };
    }
    case "dnf": {
      const negation = negatedDnf(unweightedDnf(source.dimacs, "an SDD"));
      return {
        variables: negation.variables,
        treeFor: (name) => namedVtree(negation, name),
        build: async (manager, vtreeSearch) =>
          sddNot(manager, await compileSddAsync(manager, negation, { ...limits, vtreeSearch })),
      };
    }
    case "rules": {
      const circuit = await compileHardRules(source.rules, "an SDD", limits);
      const nnf = formulaOfCircuit(circuit, "an SDD");
      const { names } = circuit.variables;
      return {
        variables: nnf.variables,
        names,
        treeFor: (name) => namedVtree(scopesOfRules(source.rules, names), name),
        build: (manager) => sddFromNnfAsync(manager, nnf, limits),
      };
    }
    case "nnf":
      return planOfNnf(source.nnf, limits);
    default: {
      const circuit = await compileSource(source, limits);
      const nnf = smoothNnf(formulaOfCircuit(circuit, "an SDD"));
      const plan = planOfNnf(nnf, limits, circuit);
      return {
        ...plan,
        names: circuit.variables.names,
        async build(manager, vtreeSearch) {
          const ref = await plan.build(manager, vtreeSearch);
          checkIsFormula(manager, ref, nnf);
          return ref;
        },
      };
    }
  }
}

function planOfNnf(nnf: Nnf, limits: Limits, circuit?: Circuit): Plan {
  return {
    variables: nnf.variables,
    treeFor(name) {
      if (name !== undefined) return shapeNamed(nnf.variables, name);
      const found = vtreeOfCircuit(circuit ?? nnfToCircuit(nnf));
      return "witness" in found ? vtreeOfNnf(nnf) : found.vtree;
    },
    build: (manager) => sddFromNnfAsync(manager, nnf, limits),
  };
}

/** A vtree for what has no clauses. */
export function shapeNamed(variables: number, name: VtreeName | Vtree): Vtree {
  if (typeof name === "object") return name;
  if (name !== "min-fill" && name !== "bisection") return namedVtree(cnf(variables, []), name);
  throw new InvalidArgumentError(
    "vtree",
    name,
    "balanced, right, left, or a vtree: no clauses tell which variables belong together",
    "Leave it out: what was read says itself which vtree it follows, if any.",
  );
}

/**
 * Every world's value is a natural number, the number of ways to make it true. They are 0 and 1 exactly if as many
 * models are counted with them as there are. @throws CredenceError `INEXPRESSIBLE`
 */
function checkIsFormula(manager: SddManager, ref: SddRef, nnf: Nnf): void {
  const free = BigInt(manager.vtree.variables - nnf.variables);
  if (sddModelCount(manager, ref) === modelCount(nnf) << free) return;
  throw inexpressible(
    "A circuit that is more than 1 at some worlds",
    "an SDD",
    "a circuit whose sums have one positive child at each world",
  );
}

/** Whether rules only say which worlds there are; those of weight 0 say nothing. */
export function areHard(rules: readonly Rule[]): boolean {
  return rules.every(isHardOrNothing);
}

function isHardOrNothing(rule: Rule): boolean {
  return isHard(rule) || rule.weight === 0;
}

/** The source without the weights of a CNF's or DNF's literals, if it has any. */
export function withoutWeights(source: CircuitSource): CircuitSource {
  if (source.kind === "cnf") {
    const { weights, ...dimacs } = source.dimacs;
    return { kind: "cnf", dimacs };
  }
  if (source.kind !== "dnf") return source;
  const { weights, ...dimacs } = source.dimacs;
  return { kind: "dnf", dimacs };
}

/** The formula of a file without weights. @throws CredenceError `INEXPRESSIBLE`, `PROJECTED_CNF` */
function unweightedCnf(dimacs: Dimacs, format: string): Cnf {
  checkUnweighted(dimacs, format);
  return wholeCnf(dimacs);
}

/** As {@link unweightedCnf}. */
function unweightedDnf(dimacs: DimacsDnf, format: string): Dnf {
  checkUnweighted(dimacs, format);
  return wholeDnf(dimacs);
}

function checkUnweighted({ weights }: DimacsFacts, format: string): void {
  if (weights === undefined) return;
  throw inexpressible(
    "What the literals of the formula weigh",
    format,
    "a formula without weights",
    "JSON and PSDD files keep weights; `credence circuit compile` leaves them out.",
  );
}

/** The circuit of rules, which is 0 or 1 everywhere if all of them are hard. @throws CredenceError `INEXPRESSIBLE` */
function compileHardRules(
  rules: readonly Rule[],
  format: string,
  options: CompileSourceOptions,
): Promise<Circuit> {
  if (areHard(rules)) {
    const hard = rules.filter(isHard);
    return compileRulesAsync(hard, { ...ruleBudget(options), variables: variablesOf(rules) });
  }
  const soft = rules.findIndex((rule) => !isHardOrNothing(rule));
  throw inexpressible(
    `Rule ${soft + 1}, which has the weight ${rules[soft].weight},`,
    format,
    "hard rules (a full stop at the end)",
    "JSON, jpc and PSDD files keep weights.",
  );
}

/** The variables of each rule that says something, as a clause: what belongs together. */
export function scopesOfRules(rules: readonly Rule[], names: readonly string[]): Cnf {
  const numbers = new Map(names.map((name, v) => [name, v + 1]));
  const scopes = rules.filter((rule) => rule.weight !== 0).map((rule) => variablesOf(rule.formula));
  return cnf(
    names.length,
    scopes.map((scope) => scope.map((name) => numbers.get(name)!)),
  );
}
