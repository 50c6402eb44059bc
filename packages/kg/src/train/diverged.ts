import { CredenceError } from "@credence/core";
import type { TrainedModel } from "../models/model.ts";

/** Training produced numbers that are not finite. */
export class TrainingDivergedError extends CredenceError {
  /** The epoch in which it happened, from 1. */
  readonly epoch: number;
  /** The model of the best validation before that, if there was one. */
  readonly partial: TrainedModel | undefined;

  constructor(epoch: number, partial: TrainedModel | undefined) {
    super({
      code: "TRAINING_DIVERGED",
      message: `Training diverged in epoch ${epoch}: the numbers are not finite any more.`,
      given: epoch,
      expected: "a finite loss and finite parameters",
      hint:
        partial === undefined
          ? "Try a smaller learning rate."
          : "Try a smaller learning rate; the best model so far is kept in `partial`.",
    });
    this.epoch = epoch;
    this.partial = partial;
  }
}

/** The loss, or NaN for the error that says that it is not finite. */
export function nonFiniteAsNaN(error: unknown): number {
  if (error instanceof CredenceError && error.code === "NON_FINITE") return Number.NaN;
  throw error;
}
