/**
 * Times the compilation of the generated CNF families, and prints one JSON document: counting from the top down, and
 * SDDs over right-linear and balanced vtrees in the natural order. Where PySDD is installed (for `/usr/bin/python3`, or
 * the interpreter that CREDENCE_PYTHON names), its C library takes turns with ours on the same formulas and vtrees;
 * `share` is our time over its time, by the median of the rounds and by the least seconds of processors, and `shares`
 * sums all of them up.
 *
 *   node --conditions=@credence/source --import tsx bench/compile/main.ts
 *       [--only TEXT] [--seconds 20] [--rounds 7] [--warm-up 3]
 *
 * A compilation that is not done after so many seconds is given up on either side.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  BudgetError,
  balancedVtree,
  type Cnf,
  compileCnf,
  compileSdd,
  modelCount,
  naturalOrder,
  printDimacs,
  printVtree,
  rightLinearVtree,
  type SddManager,
  type SddRef,
  sddManager,
  sddModelCount,
  sddSize,
  type Vtree,
} from "@credence/circuits";
import {
  type Contender,
  type Cost,
  interleave,
  machine,
  rounded,
  speedAgainst,
  summary,
  timed,
} from "../interleave.ts";
import { startPeer } from "../peer.ts";
import { families } from "./families.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "7" },
    "warm-up": { type: "string", default: "3" },
  },
});
const milliseconds = 1000 * Number(values.seconds);
const rounds = Number(values.rounds);
const warmUp = Number(values["warm-up"]);
const shapes = { right: rightLinearVtree, balanced: balancedVtree };
const folder = mkdtempSync(join(tmpdir(), "credence-compile-"));
const shares: Share[] = [];

/** Our time over the other library's. */
interface Share {
  readonly median: number;
  readonly cpu: number;
}

/** A contender that gives up where the budget ends it. */
function limited(work: () => void): Contender {
  const run = timed(work);
  return async () => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof BudgetError) return undefined;
      throw error;
    }
  };
}

const stopped = { stopped: `not done after ${values.seconds} s` };

async function topDown(formula: Cnf): Promise<object> {
  let done: object = stopped;
  const work = limited(() => {
    const { nnf, branching, decisions } = compileCnf(formula, { milliseconds });
    done = { count: modelCount(nnf).toString(), branching, decisions, edges: nnf.edges };
  });
  const costs = (await interleave({ own: work }, { rounds, warmUp })).get("own");
  return costs === undefined ? stopped : { ...done, ...summary(costs) };
}

/** Both libraries over one vtree. */
async function bottomUp(formula: Cnf, vtree: Vtree): Promise<object> {
  let last: { readonly manager: SddManager; readonly ref: SddRef } | undefined;
  const peer = startPeer("compile/peer.py", { threads: 1 });
  const [cnfPath, vtreePath] = [join(folder, "formula.cnf"), join(folder, "order.vtree")];
  writeFileSync(cnfPath, printDimacs({ cnf: formula }));
  writeFileSync(vtreePath, printVtree(vtree));
  const ready = (await peer.ask("setup", cnfPath, vtreePath)) === true;
  const contenders: Record<string, Contender> = {
    credence: limited(() => {
      const manager = sddManager(vtree);
      last = { manager, ref: compileSdd(manager, formula, { milliseconds }) };
    }),
  };
  if (ready) {
    contenders["pysdd"] = async () => (await peer.ask("compile", values.seconds)) as Cost | undefined;
  }
  const times = await interleave(contenders, { rounds, warmUp });
  const [own, other] = [times.get("credence"), times.get("pysdd")];
  const size = await peer.ask("size");
  peer.close();
  const result: Record<string, unknown> = {
    credence:
      own === undefined || last === undefined
        ? stopped
        : {
            count: sddModelCount(last.manager, last.ref).toString(),
            ...sddSize(last.manager, last.ref),
            ...summary(own),
          },
  };
  if (ready) result["pysdd"] = other === undefined ? stopped : { elements: size, ...summary(other) };
  if (own !== undefined && other !== undefined) {
    const { median, cpu } = speedAgainst(own, other);
    const share = { median: rounded(1 / median), cpu: rounded(1 / cpu) };
    shares.push(share);
    result["share"] = share;
  }
  return result;
}

/** Our geometric mean and the worst case. */
function sharesSummary(by: keyof Share): object {
  const mean = Math.exp(shares.reduce((sum, share) => sum + Math.log(share[by]), 0) / shares.length);
  return { geometricMean: rounded(mean), worst: Math.max(...shares.map((share) => share[by])) };
}

const describing = startPeer("compile/peer.py", { threads: 1 });
const described = await describing.ask("describe");
describing.close();
if (described === undefined) {
  process.stderr.write(
    "PySDD is not installed for this Python: only our own times. CREDENCE_PYTHON names another interpreter.\n",
  );
}
const results: object[] = [];
try {
  // The first formula would otherwise pay for what the engine compiles.
  for (const shape of Object.values(shapes)) await bottomUp(families["latin4"](), shape(naturalOrder(64)));
  shares.length = 0;
  for (const [name, make] of Object.entries(families)) {
    if (!name.includes(values.only)) continue;
    const formula = make();
    const { variables, clauses } = formula;
    const sdd: Record<string, object> = {};
    for (const [shape, vtreeOf] of Object.entries(shapes)) {
      sdd[shape] = await bottomUp(formula, vtreeOf(naturalOrder(variables)));
    }
    results.push({ name, variables, clauses, topDown: await topDown(formula), sdd });
  }
} finally {
  rmSync(folder, { recursive: true });
}
const report = {
  command: "bench/compile/main.ts",
  rounds,
  ...machine(),
  pysdd: described ?? "not installed",
};
const compared =
  shares.length > 0
    ? { shares: { compared: shares.length, median: sharesSummary("median"), cpu: sharesSummary("cpu") } }
    : {};
console.log(JSON.stringify({ ...report, ...compared, results }, null, 2));
