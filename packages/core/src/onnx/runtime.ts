/**
 * The optional native engine: `onnxruntime-node`, if whoever uses this library has installed it. It is never a
 * dependency, because its installation downloads programs.
 */
import { CredenceError } from "../errors/credence-error.ts";
import type { FloatArray } from "../matrix/float-array.ts";

/** A tensor of the runtime. */
export interface OnnxTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A loaded graph. */
export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** The part of `onnxruntime-node` that is used here. */
export interface OnnxRuntime {
  /** Which versions it is made of, as far as it says. */
  readonly env?: { readonly versions?: { readonly node?: string } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: { readonly intraOpNumThreads?: number }): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: "float32" | "float64" | "int32",
    data: FloatArray | Int32Array,
    dims: readonly number[],
  ) => OnnxTensor;
}

/** The choice of whole steps in the native runtime, where a long call takes it instead of kernels. */
export interface NativeBackend {
  readonly kind: "native";
  /** Threads within an operation; default the runtime's. */
  readonly threads?: number;
  /** The runtime itself, for example `await import("onnxruntime-node")`; default what is installed beside this package. */
  readonly runtime?: OnnxRuntime;
}

/**
 * The runtime that is installed.
 * @param load how it is found; default the import of `onnxruntime-node`
 * @throws CredenceError `BACKEND_UNAVAILABLE` if it is not there, or does not start
 */
export async function onnxRuntime(load: () => Promise<unknown> = imported): Promise<OnnxRuntime> {
  let found: Partial<OnnxRuntime>;
  try {
    found = (await load()) as Partial<OnnxRuntime>;
  } catch (cause) {
    throw unavailable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (typeof found?.InferenceSession?.create === "function" && typeof found.Tensor === "function") {
    return found as OnnxRuntime;
  }
  throw unavailable("it exports no InferenceSession and no Tensor");
}

/** The name is no literal, so that bundlers leave it to Node, where it may be missing. */
const PACKAGE = "onnxruntime-node";

function imported(): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ PACKAGE);
}

function unavailable(why: string, cause?: unknown): CredenceError {
  return new CredenceError({
    code: "BACKEND_UNAVAILABLE",
    message: `The native backend cannot be used: ${why}`,
    expected: `the package ${PACKAGE}, in Node`,
    hint: `Install it beside this library (npm install ${PACKAGE}), or go on with the kernels that are built in.`,
    cause,
  });
}
