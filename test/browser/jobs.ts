/**
 * What pages are asked to do, and Node too, for comparison: a small job with each package, and every kernel on every
 * backend. Modules here are loaded by browsers as they are, less their types, so they import nothing of Node's.
 */
import { compileRules, marginals } from "@credence/circuits";
import { aps, calibrate } from "@credence/conformal";
import { CredenceError, parseRules } from "@credence/core";
import { type Backend, backend, tsBackend, wasmBackend, wasmThreadsBackend } from "@credence/core/kernels";
import { dense, fitNetworkSync } from "@credence/core/layers";
import { complexStepGraph, encodeOnnx } from "@credence/core/onnx";
import { matmul, sum, tape } from "@credence/core/tape";
import { answer, complex, fromTriples, saveModel, trainSync, truthModel } from "@credence/kg";
import { everyKernel, fingerprint } from "../../packages/core/test/kernels/every-kernel.ts";

/** The results of a job with each sub-path that browsers can use, as plain JSON. */
export function jobs() {
  return {
    "@credence/circuits": marginalsOfRules(),
    "@credence/conformal": predictionSet(),
    "@credence/core": parseRules("2.0 stop -> octagon\n!(stop & yield).").map(String).length,
    "@credence/core/kernels": elementaryFunctions(),
    "@credence/core/layers": fittedParameters(),
    "@credence/core/onnx": fingerprint([
      encodeOnnx(complexStepGraph({ entities: 5, relations: 2, rank: 3 })),
    ]),
    "@credence/core/tape": gradient(),
    "@credence/kg": trainAndAsk(),
  };
}

function marginalsOfRules() {
  const rules = parseRules("2.0 stop -> octagon\n1.5 stop -> red\n!(stop & yield).");
  return marginals(compileRules(rules), { stop: 0.6, octagon: 0.93, red: 0.2 });
}

function predictionSet(): readonly number[] {
  const probabilities = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
    [0.2, 0.5, 0.3],
  ];
  const data = { probabilities, labels: [0, 1, 2, 1] };
  const predictor = calibrate(data, { score: aps({ randomized: false }), alpha: 0.25 });
  return [predictor.qhat, ...predictor.predictSet([0.5, 0.4, 0.1])];
}

/** By the definition of the kernels; the compiled ones are compared by {@link kernelFingerprints}. */
function elementaryFunctions(): string {
  const x = Float64Array.from({ length: 10_000 }, (_, i) => (i - 5000) / 7);
  const results = (["exp", "log", "sigmoid", "softplus"] as const).map((f) => {
    const out = new Float64Array(x.length);
    tsBackend.mapInto(out, x, f);
    return new Uint8Array(out.buffer);
  });
  return fingerprint(results);
}

function fittedParameters(): readonly number[] {
  const inputs = Array.from({ length: 20 }, (_, i) => [i % 3, (i * i) % 5]);
  const labels = inputs.map(([x, y]) => (x > y ? 1 : 0));
  return [...fitNetworkSync([dense(2, 2)], { inputs, labels }, { seed: 1, epochs: 3 }).parameters];
}

function gradient(): readonly number[] {
  const found = new Float64Array(4);
  const t = tape({ precision: "float64" });
  t.begin();
  const a = t.parameter({ rows: 2, cols: 2, data: Float64Array.of(1, 2, 3, 4) }, found);
  t.backward(sum(matmul(a, a)));
  return [...found];
}

/** A trained model's bytes, and what it says. */
function trainAndAsk() {
  const graph = fromTriples([
    ["Switzerland", "borders", "France"],
    ["Switzerland", "borders", "Italy"],
    ["France", "borders", "Belgium"],
    ["France", "usesCurrency", "Euro"],
    ["Italy", "usesCurrency", "Euro"],
  ]);
  const model = trainSync(graph, complex({ rank: 8 }), { seed: 1, epochs: 20 });
  const answers = answer(truthModel(graph, model), "?c : borders(Switzerland, ?x), usesCurrency(?x, ?c)");
  const top = answers.top(2).map(({ entity, truth }) => ({ entity, truth }));
  return { model: fingerprint([saveModel(model)]), top };
}

/** The backend that is chosen here, and what is said about it. */
export function chosenBackend() {
  const notices: string[] = [];
  const chosen = backend({ threads: 2, onNotice: (notice) => notices.push(notice) });
  chosen.close();
  return { name: chosen.name, notices };
}

/** The hashes of every kernel's results, in single and in double precision. */
export function fingerprints(of: Backend): readonly string[] {
  return [Float32Array, Float64Array].map((Floats) => fingerprint(everyKernel(of, Floats)));
}

/** The hashes on one thread; and, if asked for, on three, before the two helpers have started and after. */
export async function kernelFingerprints(threads: boolean): Promise<Record<string, readonly string[]>> {
  const wasm = fingerprints(wasmBackend());
  if (!threads) return { wasm };
  const together = wasmThreadsBackend({ threads: 3 });
  const before = fingerprints(together);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const after = fingerprints(together);
  together.close();
  return { wasm, "wasm-threads at once": before, "wasm-threads later": after };
}

/** The code of the error of asking for threads by name; undefined where they can be had. */
export function refusalOfThreads(): string | undefined {
  try {
    wasmThreadsBackend({ threads: 2 }).close();
    return undefined;
  } catch (error) {
    return error instanceof CredenceError ? error.code : String(error);
  }
}
