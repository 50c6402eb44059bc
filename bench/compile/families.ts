/** The generated CNF families of the compilation benchmark, variables numbered from 1. */
import { type Cnf, cnf } from "@credence/circuits";
import { rng } from "@credence/core";

type Clauses = number[][];

/** Two by two, not both. */
function atMostOne(variables: readonly number[], clauses: Clauses): void {
  variables.forEach((a, i) => {
    for (const b of variables.slice(i + 1)) clauses.push([-a, -b]);
  });
}

function exactlyOne(variables: readonly number[], clauses: Clauses): void {
  clauses.push([...variables]);
  atMostOne(variables, clauses);
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Placements of n queens: variable i·n + j + 1 for row i, column j. */
export function queens(n: number): Cnf {
  const clauses: Clauses = [];
  const at = (i: number, j: number): number => i * n + j + 1;
  for (const i of range(n))
    exactlyOne(
      range(n).map((j) => at(i, j)),
      clauses,
    );
  for (const j of range(n))
    atMostOne(
      range(n).map((i) => at(i, j)),
      clauses,
    );
  for (const d of range(2 * n - 1)) {
    const cells = range(n).flatMap((i) => range(n).map((j) => [i, j]));
    atMostOne(
      cells.filter(([i, j]) => i + j === d).map(([i, j]) => at(i, j)),
      clauses,
    );
    atMostOne(
      cells.filter(([i, j]) => i - j === d - n + 1).map(([i, j]) => at(i, j)),
      clauses,
    );
  }
  return cnf(n * n, clauses);
}

/** Latin squares of order n: variable (i·n + j)·n + k + 1 for value k in cell (i, j). */
export function latin(n: number): Cnf {
  const clauses: Clauses = [];
  const at = (i: number, j: number, k: number): number => (i * n + j) * n + k + 1;
  for (const a of range(n)) {
    for (const b of range(n)) {
      exactlyOne(
        range(n).map((c) => at(a, b, c)),
        clauses,
      );
      exactlyOne(
        range(n).map((c) => at(a, c, b)),
        clauses,
      );
      exactlyOne(
        range(n).map((c) => at(c, a, b)),
        clauses,
      );
    }
  }
  return cnf(n * n * n, clauses);
}

/** Pairs of neighbouring cells of a grid, row by row, right before down. */
function gridEdges(rows: number, cols: number): [number, number][] {
  return range(rows * cols).flatMap((cell): [number, number][] => [
    ...((cell + 1) % cols > 0 ? [[cell, cell + 1] as [number, number]] : []),
    ...(cell + cols < rows * cols ? [[cell, cell + cols] as [number, number]] : []),
  ]);
}

/** Independent sets of a grid. */
export function independentGrid(rows: number, cols: number): Cnf {
  return cnf(
    rows * cols,
    gridEdges(rows, cols).map(([a, b]) => [-a - 1, -b - 1]),
  );
}

/** Perfect matchings of a grid (domino tilings): one variable per edge. */
export function matchings(rows: number, cols: number): Cnf {
  const edges = gridEdges(rows, cols);
  const clauses: Clauses = [];
  for (const cell of range(rows * cols)) {
    exactlyOne(
      range(edges.length)
        .filter((e) => edges[e].includes(cell))
        .map((e) => e + 1),
      clauses,
    );
  }
  return cnf(edges.length, clauses);
}

/** Proper colorings of a grid: variable cell·k + color + 1. */
export function coloredGrid(rows: number, cols: number, k: number): Cnf {
  const clauses: Clauses = [];
  for (const cell of range(rows * cols))
    exactlyOne(
      range(k).map((c) => cell * k + c + 1),
      clauses,
    );
  for (const [a, b] of gridEdges(rows, cols)) {
    for (const c of range(k)) clauses.push([-(a * k + c + 1), -(b * k + c + 1)]);
  }
  return cnf(rows * cols * k, clauses);
}

/** Pigeons in holes: every pigeon has one, no two share one. */
export function pigeons(pigeonCount: number, holes: number): Cnf {
  const clauses: Clauses = [];
  const at = (i: number, j: number): number => i * holes + j + 1;
  for (const i of range(pigeonCount)) clauses.push(range(holes).map((j) => at(i, j)));
  for (const j of range(holes))
    atMostOne(
      range(pigeonCount).map((i) => at(i, j)),
      clauses,
    );
  return cnf(pigeonCount * holes, clauses);
}

/** Odd parity of n bits through a chain of auxiliaries: bit i is variable 2i − 1, the parity of the first i is 2i. */
export function xorChain(n: number): Cnf {
  const clauses: Clauses = [
    [-1, 2],
    [1, -2],
  ];
  for (let i = 2; i <= n; i++) {
    const [x, t, s] = [2 * i - 1, 2 * i, 2 * i - 2];
    clauses.push([-t, s, x], [-t, -s, -x], [t, -s, x], [t, s, -x]);
  }
  clauses.push([2 * n]);
  return cnf(2 * n, clauses);
}

/** Distinct random clauses of k literals, their variables within a window of consecutive ones. */
export function randomClauses(
  k: number,
  variables: number,
  count: number,
  window: number,
  seed: number,
): Cnf {
  const random = rng(seed);
  const found = new Map<string, number[]>();
  while (found.size < count) {
    const start = random.int(variables - window + 1);
    const chosen = new Set<number>();
    while (chosen.size < k) chosen.add(start + random.int(window) + 1);
    const clause = [...chosen].sort((a, b) => a - b).map((v) => (random.int(2) === 0 ? v : -v));
    found.set(clause.join(), clause);
  }
  return cnf(variables, [...found.values()]);
}

/** The benchmark's formulas by name; the random ones depend on a seed. */
export const families: Readonly<Record<string, () => Cnf>> = {
  "band3-120-300-w9": () => randomClauses(3, 120, 300, 9, 1),
  "band3-200-400-w10": () => randomClauses(3, 200, 400, 10, 1),
  "band3-60-150-w9": () => randomClauses(3, 60, 150, 9, 1),
  "color-grid-5x5-k3": () => coloredGrid(5, 5, 3),
  "indep-grid-10x10": () => independentGrid(10, 10),
  "indep-grid-8x8": () => independentGrid(8, 8),
  latin4: () => latin(4),
  "matchings-6x6": () => matchings(6, 6),
  "matchings-8x8": () => matchings(8, 8),
  "php-8-in-7": () => pigeons(8, 7),
  queens6: () => queens(6),
  queens8: () => queens(8),
  "rand3-20-60": () => randomClauses(3, 20, 60, 20, 1),
  "rand3-30-100": () => randomClauses(3, 30, 100, 30, 1),
  "rand3-40-150": () => randomClauses(3, 40, 150, 40, 1),
  "rand3-50-150": () => randomClauses(3, 50, 150, 50, 1),
  "xor-chain-200": () => xorChain(200),
};
