import { compileCnf, modelCount } from "@credence/circuits";
import { families } from "/work/main/bench/compile/families.ts";

const only = process.argv[2];
for (const [name, make] of Object.entries(families))
  for (const branching of [undefined, "separators", "weights"] as const) {
    if (only && !name.includes(only)) continue;
    const f = make();
    const times: number[] = [];
    let out: any;
    for (let rep = 0; rep < 5; rep++) {
      const t = process.cpuUsage();
      try {
        const r = compileCnf(f, { ...(branching ? { branching } : {}), milliseconds: 10000 });
        const n = modelCount(r.nnf);
        out = [n, r.branching, r.decisions, r.conflicts, r.cacheHits, r.nnf.size, r.nnf.edges];
      } catch (e) {
        out = [(e as any).message];
        rep = 9;
      }
      const d = process.cpuUsage(t);
      times.push((d.user + d.system) / 1000);
    }
    console.log(name, branching, ...out, times.map((x) => x.toFixed(1)).join(" "));
  }
