// A program that uses threads and never closes them: it must end by itself all the same.
import { wasmThreadsBackend } from "@credence/core/kernels";

const backend = wasmThreadsBackend({ threads: 3 });
const x = backend.allocate("float32", 200_000).fill(0);
for (let i = 0; i < 20; i++) backend.mapInto(x, x, "sigmoid");
process.stdout.write(`${backend.threads} ${x.every((value) => value === x[0])}\n`);
