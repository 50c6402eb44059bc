/** What learners that split have in common: when to split, by which rows, and how frequencies are smoothed. */
import { InvalidArgumentError, type RunOptions } from "@credence/core";
import { checkPseudoCount } from "../learn/chow-liu.ts";
import { checkColumns, checkComplete, checkTable, type StateTable } from "../learn/states.ts";

/** Options of learners that split. */
export interface SplitOptions extends RunOptions {
  /** Parts with fewer rows, by their weight, are not split; the default is the learner's. */
  readonly minRows?: number;
  /** a of trees and decisions (see `chowLiuTree`); default 1. */
  readonly pseudoCount?: number;
  /** Rows that decide which splits are kept. */
  readonly valid?: StateTable;
  /** The names of the variables; default x0, x1, ... */
  readonly names?: readonly string[];
}

/** Options of learners that split by the states of a variable. */
export interface DecisionOptions extends SplitOptions {
  /** How many variables are tried at each place; the default is the learner's. */
  readonly candidates?: number;
}

/** @throws InvalidArgumentError for options outside their range, and validation rows of other columns */
export function checkSplits(table: StateTable, { minRows = 1, pseudoCount = 1, valid }: SplitOptions): void {
  checkTable(table);
  checkPseudoCount(pseudoCount);
  if (!(minRows >= 1)) throw new InvalidArgumentError("minRows", minRows, "a number of rows from 1");
  checkColumns(table, valid);
}

/** @throws InvalidArgumentError as {@link checkSplits}, and for missing values */
export function checkDecisions(table: StateTable, options: DecisionOptions): void {
  checkSplits(table, options);
  const { candidates = 1, valid } = options;
  if (!(candidates >= 1)) throw new InvalidArgumentError("candidates", candidates, "a number from 1");
  for (const one of [table, valid]) if (one !== undefined) checkComplete(table, one);
}
