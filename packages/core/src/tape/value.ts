/** What is on a tape. */
import type { Matrix } from "../matrix/matrix.ts";
import type { Tape } from "./tape.ts";

/**
 * A matrix on a tape: given to it, or made by an operation from values before. It lives until the tape's next
 * `begin`; copy its `data` to keep it longer.
 */
export interface Value extends Matrix {
  readonly tape: Tape;
  /** Whether a parameter has a part in it, so that a gradient flows back through it. */
  readonly needsGradient: boolean;
}
