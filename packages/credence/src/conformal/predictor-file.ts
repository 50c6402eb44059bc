/** A calibrated predictor on disk: the conformal package's document and the names of the classes. */

import { type SplitPredictor, splitPredictorFromJSON } from "@credence/conformal";
import { CredenceError, rng } from "@credence/core";
import { readText } from "@credence/core/node";
import { jsonText } from "../terminal/output.ts";
import { saveFile } from "../terminal/save.ts";

/** A predictor that knows what its classes are called. */
export interface NamedPredictor {
  readonly classes: readonly string[];
  readonly predictor: SplitPredictor;
}

/** Writes the file, whole or not at all. */
export async function writePredictor(path: string, { classes, predictor }: NamedPredictor): Promise<void> {
  await saveFile(path, `${jsonText({ classes, predictor })}\n`);
}

/** Reads the file. @throws CredenceError `PREDICTOR_FILE` and the codes of the conformal package */
export async function readPredictor(path: string, seed: string): Promise<NamedPredictor> {
  let text = "";
  for await (const part of readText(path)) text += part;
  const document = parsed(path, text);
  const { classes, predictor } = document as { classes?: unknown; predictor?: unknown };
  const named = Array.isArray(classes) && classes.every((name) => typeof name === "string");
  if (!named || typeof predictor !== "object" || predictor === null) throw notAPredictor(path);
  const restored = splitPredictorFromJSON(predictor, { rng: rng(seed) });
  if (restored.classes !== classes.length) throw notAPredictor(path);
  return { classes, predictor: restored };
}

function parsed(path: string, text: string): object {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === "object" && document !== null) return document;
  } catch {
    // Not JSON at all is no better than JSON of something else.
  }
  throw notAPredictor(path);
}

function notAPredictor(path: string): CredenceError {
  return new CredenceError({
    code: "PREDICTOR_FILE",
    message: `${path} is not a predictor, or not a whole one.`,
    given: path,
    expected: "a file that `credence conformal calibrate --out` wrote",
    hint: "Calibrate again.",
  });
}
