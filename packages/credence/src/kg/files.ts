/** Files of the kg verbs: triples and models, with the file's name in every error. */
import type { Vocabulary } from "@credence/core";
import { readBytes, readText } from "@credence/core/node";
import {
  type KnowledgeGraph,
  loadModel,
  type NamedSource,
  readSplits,
  readTripleSources,
  type Splits,
  type TrainedModel,
} from "@credence/kg";

/** The `--train --valid --test` of a verb; only train is always there. */
export interface SplitFiles {
  readonly train: string;
  readonly valid?: string;
  readonly test?: string;
}

/** The names that ids stand for. */
export interface Names {
  readonly entities: Vocabulary;
  readonly relations: Vocabulary;
}

/** Reads a model file. */
export async function modelFrom(path: string): Promise<TrainedModel> {
  return loadModel(await readBytes(path));
}

/** Reads triple files into one graph, over the given names if there are any. */
export async function graphFrom(paths: readonly string[], names?: Names): Promise<KnowledgeGraph> {
  const sources: NamedSource[] = [];
  for (const path of paths) sources.push({ name: path, source: readText(path) });
  return readTripleSources(sources, names);
}

/** Reads the splits of a task over one vocabulary, or over the given names. */
export async function splitsFrom(files: SplitFiles, names?: Names): Promise<Splits> {
  return readSplits(
    {
      train: readText(files.train),
      ...(files.valid === undefined ? {} : { valid: readText(files.valid) }),
      ...(files.test === undefined ? {} : { test: readText(files.test) }),
    },
    names,
  );
}
