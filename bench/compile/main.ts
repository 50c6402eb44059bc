/**
 * Compilation times of the generated CNF families, in CPU seconds of this process, as one JSON document: counting
 * from the top down, and SDDs over right-linear and balanced vtrees in the natural order. Each figure is the
 * median of several runs after a first one, all after half a second of work that is not timed.
 *
 *   node --conditions=@credence/source --import tsx bench/compile/main.ts [part of a name] [seconds per run]
 */
import {
  BudgetError,
  balancedVtree,
  type Cnf,
  compileCnf,
  compileSdd,
  modelCount,
  naturalOrder,
  rightLinearVtree,
  sddManager,
  sddSize,
  sddToNnf,
  type Vtree,
} from "@credence/circuits";
import { families } from "./families.ts";

const runs = 5;
const [part = "", limit = "20"] = process.argv.slice(2);
const milliseconds = Number(limit) * 1000;

/** CPU seconds of one call, and what it returned. */
function timed<T>(work: () => T): { readonly value: T; readonly seconds: number } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (user + system) / 1e6 };
}

/** The last value and the median time of several runs; what the budget cuts off is run once. */
function measured<T extends object>(
  work: () => T,
): (T & { seconds: number; first: number }) | { stopped: string } {
  try {
    const first = timed(work);
    const rest = Array.from({ length: first.seconds > 5 ? 1 : runs }, () => timed(work));
    const times = rest.map(({ seconds }) => seconds).sort((a, b) => a - b);
    return { ...rest[0].value, seconds: times[times.length >> 1], first: first.seconds };
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error;
    return { stopped: error.message };
  }
}

function sdd(formula: Cnf, vtreeOf: (order: readonly number[]) => Vtree) {
  const vtree = vtreeOf(naturalOrder(formula.variables));
  const compiled = measured(() => {
    const manager = sddManager(vtree);
    return { manager, ref: compileSdd(manager, formula, { milliseconds }) };
  });
  if ("stopped" in compiled) return compiled;
  const { manager, ref, ...times } = compiled;
  return { count: modelCount(sddToNnf(manager, ref)).toString(), ...sddSize(manager, ref), ...times };
}

/** Half a second of everything, untimed: the first family would otherwise pay for what the engine compiles. */
function warmUp(formula: Cnf): void {
  const order = naturalOrder(formula.variables);
  for (const until = performance.now() + 500; performance.now() < until; ) {
    compileCnf(formula);
    for (const vtreeOf of [rightLinearVtree, balancedVtree]) {
      compileSdd(sddManager(vtreeOf(order)), formula);
    }
  }
}

warmUp(families["latin4"]());
const results = Object.entries(families)
  .filter(([name]) => name.includes(part))
  .map(([name, make]) => {
    const formula = make();
    const topDown = measured(() => {
      const { nnf, branching, decisions } = compileCnf(formula, { milliseconds });
      return { count: modelCount(nnf).toString(), branching, decisions, edges: nnf.edges };
    });
    const { variables, clauses } = formula;
    const right = sdd(formula, rightLinearVtree);
    return { name, variables, clauses, topDown, sdd: { right, balanced: sdd(formula, balancedVtree) } };
  });
process.stdout.write(`${JSON.stringify({ node: process.version, runs, results }, null, 2)}\n`);
