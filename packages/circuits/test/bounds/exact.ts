/** Arithmetic without rounding to speak of, to audit bounds: numbers are integers times 2^-bits. */
import { type Circuit, nodeKinds } from "@credence/circuits";
import { evaluate, isHard, type Rule } from "@credence/core";

const bits = 2400n;
const one = 1n << bits;

/** A double, exactly (it must be a multiple of 2^-bits, as all doubles of tests are). */
export function exactly(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = (word & ((1n << 52n) - 1n)) | (exponent === 0n ? 0n : 1n << 52n);
  const shift = bits + (exponent === 0n ? 1n : exponent) - 1075n;
  return (word >> 63n === 1n ? -1n : 1n) * (fraction << shift);
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> bits;

const powers = new Map<number, bigint>();

/** e^x, to about 2,000 bits. */
export function exponential(x: number): bigint {
  const known = powers.get(x) ?? (x === Number.NEGATIVE_INFINITY ? 0n : series(x));
  powers.set(x, known);
  return known;
}

/** The series at x / 2^64, squared 64 times. */
function series(x: number): bigint {
  const reduced = exactly(x) >> 64n;
  let [sum, term] = [one, one];
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = times(term, reduced) / k;
    sum += term;
  }
  for (let i = 0; i < 64; i++) sum = times(sum, sum);
  return sum;
}

/**
 * Weights of the worlds with a variable true, and of all, times one factor; leaves by name, as in evidence. A rule of
 * weight w < 0 is its negation of weight -w up to the factor e^w: without negative weights no world's weight is below
 * the product of its leaves, which has bits to spare.
 */
export function exactPosterior(
  rules: readonly Rule[],
  names: readonly string[],
  leaves: Readonly<Record<string, number | undefined>>,
  target: string,
): { readonly yes: bigint; readonly total: bigint } {
  const soft = rules.map((rule) => (isHard(rule) ? 0n : exponential(Math.abs(rule.weight))));
  let [yes, total] = [0n, 0n];
  for (let bitsOfWorld = 0; bitsOfWorld < 2 ** names.length; bitsOfWorld++) {
    const world = Object.fromEntries(names.map((name, v) => [name, ((bitsOfWorld >> v) & 1) === 1]));
    let weight = one;
    for (const name of names) {
      const p = leaves[name];
      if (p !== undefined) weight = times(weight, world[name] ? exactly(p) : one - exactly(p));
    }
    rules.forEach((rule, r) => {
      const holds = evaluate(rule.formula, world);
      if (isHard(rule)) weight = holds ? weight : 0n;
      else if (holds === rule.weight > 0) weight = times(weight, soft[r]);
    });
    total += weight;
    if (world[target]) yes += weight;
  }
  return { yes, total };
}

/** The value of a circuit of literals and Bernoulli inputs, summed over what a world leaves open. */
export function exactValue(
  circuit: Circuit,
  world: readonly (number | undefined)[],
  inputP: (node: number) => number | undefined,
): bigint {
  const values: bigint[] = [];
  for (let node = 0; node < circuit.size; node++) {
    const edges = Array.from(
      { length: circuit.offsets[node + 1] - circuit.offsets[node] },
      (_, i) => circuit.offsets[node] + i,
    );
    const input = circuit.inputs[circuit.inputOf[node]];
    if (input !== undefined) {
      const state = world[input.variable];
      const { distribution: d } = input;
      const p =
        d.family === "bernoulli"
          ? exactly(inputP(node) ?? d.p)
          : d.family === "indicator"
            ? BigInt(d.state) * one
            : 0n;
      values.push(state === undefined ? one : state === 1 ? p : one - p);
    } else if (circuit.kinds[node] === nodeKinds.product) {
      values.push(edges.reduce((product, edge) => times(product, values[circuit.children[edge]]), one));
    } else {
      const term = (edge: number) =>
        times(exponential(circuit.logWeights[edge]), values[circuit.children[edge]]);
      values.push(edges.reduce((sum, edge) => sum + term(edge), 0n));
    }
  }
  return values[circuit.size - 1];
}

/** Whether low <= yes / total <= high. */
export function encloses(low: number, high: number, yes: bigint, total: bigint): boolean {
  return times(exactly(low), total) <= yes && yes <= times(exactly(high), total) + 1n;
}
