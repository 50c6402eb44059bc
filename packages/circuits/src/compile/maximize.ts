/**
 * Maximizes a smooth concave function of a few variables by the limited-memory BFGS method (D. Liu, J. Nocedal,
 * Mathematical Programming 45, 1989): the direction is the gradient under an approximation of the inverse Hessian from
 * the last m steps, and the step is halved until it gains at least 10⁻⁴ of what the slope promises (Armijo). Only
 * curvature of the right sign is learned from, so that the direction always climbs.
 */

/** A value and its gradient. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A point of the ascent. */
export interface Ascent extends Slope {
  readonly point: Float64Array;
  /** The largest absolute entry of the gradient. */
  readonly steepness: number;
  /** Whether no step along the direction gained anything: rounding has the last word. */
  readonly stuck: boolean;
}

/** Steps that the curvature is taken from. */
const memory = 8;
const halvings = 50;

/** The points of an ascent from `start` on, one per iteration; it goes on as long as it is asked to. */
export function* ascend(
  start: Float64Array,
  slopeAt: (point: Float64Array) => Slope,
): Generator<Ascent, void, void> {
  let here = ascentAt(start, slopeAt(start), false);
  const steps: { readonly step: Float64Array; readonly turn: Float64Array }[] = [];
  for (;;) {
    yield here;
    const direction = directionOf(here.gradient, steps);
    const promise = dot(direction, here.gradient);
    // The first step has no curvature to go by: at most one unit long.
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
    let next: Ascent | undefined;
    for (let halving = 0; halving < halvings && promise > 0; halving++, length /= 2) {
      const point = here.point.map((x, i) => x + length * direction[i]);
      const slope = slopeAt(point);
      if (!(slope.value >= here.value + 1e-4 * length * promise)) continue;
      next = ascentAt(point, slope, false);
      break;
    }
    if (next === undefined) {
      here = { ...here, stuck: true };
      continue;
    }
    const step = next.point.map((x, i) => x - here.point[i]);
    const turn = next.gradient.map((g, i) => here.gradient[i] - g);
    if (dot(step, turn) > 1e-12 * dot(turn, turn)) steps.push({ step, turn });
    if (steps.length > memory) steps.shift();
    here = next;
  }
}

function ascentAt(point: Float64Array, { value, gradient }: Slope, stuck: boolean): Ascent {
  const steepness = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  return { point, value, gradient, steepness, stuck };
}

/** The two loops: the gradient times the approximate inverse Hessian. */
function directionOf(
  gradient: Float64Array,
  steps: readonly { readonly step: Float64Array; readonly turn: Float64Array }[],
): Float64Array {
  const direction = Float64Array.from(gradient);
  const shares: number[] = [];
  for (const { step, turn } of [...steps].reverse()) {
    const share = dot(step, direction) / dot(step, turn);
    shares.push(share);
    add(direction, -share, turn);
  }
  const last = steps[steps.length - 1];
  if (last !== undefined) {
    const scale = dot(last.step, last.turn) / dot(last.turn, last.turn);
    direction.forEach((d, i) => {
      direction[i] = scale * d;
    });
  }
  for (const { step, turn } of steps) {
    add(direction, shares.pop()! - dot(turn, direction) / dot(step, turn), step);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(target: Float64Array, scale: number, of: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += scale * of[i];
}
