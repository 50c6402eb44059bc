/** `credence kg stats`: what a graph looks like. */
import { graphStatistics } from "@credence/kg";
import type { Command } from "commander";
import { decimal, printResult, table } from "../terminal/output.ts";
import { graphFrom } from "./files.ts";

/** Adds the verb. */
export function addStats(kg: Command): void {
  kg.command("stats")
    .description("counts, degrees and the shape of every relation")
    .argument(
      "<files...>",
      "triples (TSV or CSV, plain or .gz, - for standard input); several make one graph",
    )
    .option("--json", "print one JSON document")
    .action(async (files: string[], flags: { readonly json?: boolean }) => {
      const statistics = graphStatistics(await graphFrom(files));
      printResult(flags.json ?? false, statistics, () => {
        const { entities, relations, triples, degree, perRelation } = statistics;
        const rows = [...perRelation]
          .sort((a, b) => b.triples - a.triples)
          .map((r) => [
            r.relation,
            r.triples,
            r.heads,
            r.tails,
            r.cardinality,
            decimal(r.tailsPerHead, 2),
            decimal(r.headsPerTail, 2),
            decimal(r.symmetricShare, 2),
          ]);
        return [
          `${entities} entities, ${relations} relations, ${triples} triples`,
          `degree: least ${degree.min}, median ${degree.median}, mean ${decimal(degree.mean, 1)}, most ${degree.max}`,
          table(
            ["relation", "triples", "heads", "tails", "kind", "tails/head", "heads/tail", "symmetric"],
            rows,
          ),
        ].join("\n");
      });
    });
}
