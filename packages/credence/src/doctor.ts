/** `credence doctor`: what this machine's engine can do, and which numeric backend is used because of it. */
import { cpus } from "node:os";
import { CredenceError } from "@credence/core";
import { backend, hasRelaxedSimd, kernelSupport } from "@credence/core/kernels";
import { onnxRuntime } from "@credence/core/onnx";
import { Command } from "commander";
import { printResult, table } from "./terminal/output.ts";

/** The command. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("what this machine can do: engine, WebAssembly, threads, and the numeric backend in use")
    .option("--json", "print one JSON document")
    .action(async (flags: { readonly json?: boolean }) => {
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
        native: await nativeRuntime(),
        notices,
      };
      chosen.close();
      printResult(flags.json ?? false, document, () =>
        table(
          ["what", "found"],
          Object.entries(document).map(([what, found]) => [
            what,
            Array.isArray(found) ? found.join("\n") || "none" : String(found ?? "not installed"),
          ]),
        ),
      );
    });
}

/** The optional native backend: its version, or null where it is not installed. */
async function nativeRuntime(): Promise<string | null> {
  try {
    const { env } = await onnxRuntime();
    return `onnxruntime-node ${env?.versions?.node ?? "of unknown version"}`;
  } catch (error) {
    if (error instanceof CredenceError && error.code === "BACKEND_UNAVAILABLE") return null;
    throw error;
  }
}
