/** `credence doctor`: what this machine's engine can do, and which numeric backend is used because of it. */
import { cpus } from "node:os";
import { backend, hasRelaxedSimd, kernelSupport } from "@credence/core/kernels";
import { Command } from "commander";
import { printResult, table } from "./terminal/output.ts";

/** The command. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("what this machine can do: engine, WebAssembly, threads, and the numeric backend in use")
    .option("--json", "print one JSON document")
    .action((flags: { readonly json?: boolean }) => {
      const notices: string[] = [];
      const chosen = backend({ onNotice: (notice) => notices.push(notice) });
      const document = {
        node: process.versions.node,
        v8: process.versions.v8,
        platform: `${process.platform} ${process.arch}`,
        cores: cpus().length,
        simd: kernelSupport().missing === undefined,
        relaxedSimd: hasRelaxedSimd(),
        backend: chosen.name,
        threads: chosen.threads,
        notices,
      };
      chosen.close();
      printResult(flags.json ?? false, document, () =>
        table(
          ["what", "found"],
          Object.entries(document).map(([what, found]) => [
            what,
            Array.isArray(found) ? found.join("\n") || "none" : String(found),
          ]),
        ),
      );
    });
}
