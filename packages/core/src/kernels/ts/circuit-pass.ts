/** The passes over a circuit in TypeScript: what `circuit-pass.ts` says, tile by tile. */
import type { CircuitArrays, CircuitOperation, CircuitPass } from "../circuit-pass.ts";

/** Runs a checked call. */
export function tsCircuitPass({ arrays, tiles, down, floor }: CircuitPass): void {
  const { shape, work, tileWork, width, wanted } = arrays;
  const size = shape.slots * width;
  for (let tile = 0; tile < tiles; tile++) {
    const values = work.subarray(tile * tileWork, tile * tileWork + size);
    const slopes = work.subarray(tile * tileWork + size, tile * tileWork + 2 * size);
    for (const op of shape.operations) up(arrays, op, tile, values);
    const root = values.subarray(shape.root * width, (shape.root + 1) * width);
    arrays.roots.set(root, tile * width);
    if (down === "none") continue;
    slopes.fill(0);
    for (let r = 0; r < width; r++) {
      const trusted = root[r] >= floor && root[r] < Number.POSITIVE_INFINITY;
      const seed = arrays.seeds[tile * width + r];
      slopes[shape.root * width + r] = trusted && seed !== 0 ? seed / root[r] : 0;
    }
    const from = tile * shape.numbers;
    const counts = down === "counts" ? arrays.counts.subarray(from, from + shape.numbers) : undefined;
    counts?.fill(0);
    for (let i = shape.operations.length - 1; i >= 0; i--) {
      if (wanted[i] !== 0) goDown(arrays, shape.operations[i], tile, values, slopes, counts);
    }
  }
}

function up(arrays: CircuitArrays, op: CircuitOperation, tile: number, values: Float64Array): void {
  const { width, numbers, states, given, shape } = arrays;
  if (op.kind === "lookUp") {
    const [out, at] = [op.out * width, (tile * shape.columns + op.column) * width];
    for (let r = 0; r < width; r++) values[out + r] = numbers[op.table + states[at + r]];
  } else if (op.kind === "take") {
    const at = (tile * shape.givens + op.column) * width;
    values.set(given.subarray(at, at + width), op.out * width);
  } else if (op.kind === "product") {
    values.fill(1, op.out * width, (op.out + 1) * width);
    for (const child of op.children) {
      for (let r = 0; r < width; r++) values[op.out * width + r] *= values[child * width + r];
    }
  } else {
    op.outs.forEach((slot, i) => {
      values.fill(0, slot * width, (slot + 1) * width);
      op.left.forEach((left, c) => {
        const weight = numbers[op.weights[i] + c];
        const right = op.right?.[c];
        for (let r = 0; r < width; r++) {
          const other = right === undefined ? 1 : values[right * width + r];
          values[slot * width + r] += weight * (values[left * width + r] * other);
        }
      });
    });
  }
}

function goDown(
  arrays: CircuitArrays,
  op: CircuitOperation,
  tile: number,
  values: Float64Array,
  slopes: Float64Array,
  counts: Float64Array | undefined,
): void {
  const { width, states, shape } = arrays;
  if (op.kind === "lookUp") {
    const at = (tile * shape.columns + op.column) * width;
    for (let r = 0; counts !== undefined && r < width; r++) {
      counts[op.table + states[at + r]] += slopes[op.out * width + r];
    }
  } else if (op.kind === "take") {
    const own = slopes.subarray(op.out * width, (op.out + 1) * width);
    arrays.slopes.set(own, (tile * shape.givens + op.column) * width);
  } else if (op.kind === "product") downProduct(op.out, op.children, width, values, slopes);
  else downSums(arrays, op, values, slopes, counts);
}

function downProduct(
  out: number,
  children: readonly number[],
  width: number,
  values: Float64Array,
  slopes: Float64Array,
): void {
  const before = new Float64Array(children.length);
  for (let r = 0; r < width; r++) {
    let product = slopes[out * width + r];
    children.forEach((child, c) => {
      before[c] = product;
      product *= values[child * width + r];
    });
    let after = 1;
    for (let c = children.length - 1; c >= 0; c--) {
      const at = children[c] * width + r;
      slopes[at] += before[c] * after;
      after *= values[at];
    }
  }
}

function downSums(
  { width, numbers }: CircuitArrays,
  op: Extract<CircuitOperation, { kind: "sums" }>,
  values: Float64Array,
  slopes: Float64Array,
  counts: Float64Array | undefined,
): void {
  op.outs.forEach((slot, i) => {
    op.left.forEach((left, c) => {
      const weight = numbers[op.weights[i] + c];
      const right = op.right?.[c];
      let total = 0;
      for (let r = 0; r < width; r++) {
        const slope = slopes[slot * width + r];
        const [a, b] = [left * width + r, right === undefined ? -1 : right * width + r];
        const x = values[a];
        const y = b < 0 ? 1 : values[b];
        slopes[a] += slope * weight * y;
        if (b >= 0) slopes[b] += slope * weight * x;
        total += slope * x * y;
      }
      if (counts !== undefined) counts[op.weights[i] + c] += total;
    });
  });
}
