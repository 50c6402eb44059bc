/**
 * One whole step of ComplEx training as a graph: scores against all entities, soft-max cross-entropy, gradients and
 * Adagrad (Lacroix, Usunier & Obozinski 2018, equations 5 and 8). Rows are [re | im]; with h, r, t the rows of a batch
 * of B triples, z̄ the conjugate and ⊙ the complex product,
 *
 *     q = h ⊙ r,  S = q Eᵀ,  L = 1/B Σ (log Σ_e exp S_e − S_t),  G = (softmax S − onehot t) / B,  g = G E,
 *     ∂L/∂E = Gᵀ q, and g ⊙ r̄ added to the rows h,   ∂L/∂R = g ⊙ h̄ added to the rows r,
 *     N3: L += w/B Σ |z|³ over h, r, t, whose gradient is 3 w/B |z| z in their rows,
 *     s ← s + (∂L/∂p)²,  p ← p − rate · ∂L/∂p / (√s + ε)  for both tables.
 *
 * Everything is a closed form, so the graph needs no training mode of its runtime. Inputs `entities`, `relations`
 * and their sums of squares come back as outputs of the same names with `New` before them.
 */
import { InvalidArgumentError } from "../errors/credence-error.ts";
import type { Precision } from "../matrix/float-array.ts";
import { type GraphBuilder, graphBuilder } from "./graph-builder.ts";
import type { OnnxGraph } from "./model.ts";

/** What a step is made for. */
export interface ComplexStepOptions {
  readonly entities: number;
  /** Rows of the relation table (reciprocal ones included). */
  readonly relations: number;
  /** Complex coordinates; a row has twice as many numbers. */
  readonly rank: number;
  /** Weight w of N3, at least 0; default 0. */
  readonly n3?: number;
  /** Adagrad's ε, above 0; default 1e-10. */
  readonly epsilon?: number;
  /** Default `float32`. */
  readonly precision?: Precision;
}

/**
 * The graph of a step. Inputs: the tables `entities` and `relations`, the sums `entitySquares` and
 * `relationSquares`, the int32 columns `heads`, `relationIds` and `tails` of any length B ≥ 1, and the numbers `scale`
 * = 1/B and `learningRate`. Outputs: `loss` (before the step, nats a triple), and the four arrays after it.
 * @throws InvalidArgumentError for sizes that are not positive integers, a negative weight, an epsilon not above 0
 */
export function complexStepGraph(options: ComplexStepOptions): OnnxGraph {
  const { entities: count, relations: kinds, rank, n3 = 0, epsilon = 1e-10, precision = "float32" } = options;
  checkOptions({ entities: count, relations: kinds, rank }, n3, epsilon);
  const b = graphBuilder("complex-step");
  const shapes = { entities: [count, 2 * rank], relations: [kinds, 2 * rank] };
  const entities = b.input("entities", precision, shapes.entities);
  const relations = b.input("relations", precision, shapes.relations);
  const squares = {
    entities: b.input("entitySquares", precision, shapes.entities),
    relations: b.input("relationSquares", precision, shapes.relations),
  };
  const [heads, ids, tails] = ["heads", "relationIds", "tails"].map((name) =>
    b.input(name, "int32", ["batch"]),
  );
  const scale = b.input("scale", precision, []);
  const rate = b.input("learningRate", precision, []);
  const number = (value: number) => b.constant(precision, [], [value]);
  const m = complexRows(b);

  const [h, r] = [gather(b, entities, heads), gather(b, relations, ids)];
  const q = m.product(h, r);
  const queries = m.joined(q);
  const fit = crossEntropy(b, queries, entities, tails, number(1));
  // The factor 1/B belongs to G, but costs less in what is small.
  const g = m.parts(b.node("Mul", [b.node("MatMul", [fit.slope, entities]), scale]));
  const conjugate = (z: ComplexRows) => ({ re: z.re, im: b.node("Neg", [z.im]) });
  const rows: Record<"h" | "r" | "t", ComplexRows | undefined> = {
    h: m.product(g, conjugate(r)),
    r: m.product(g, conjugate(h)),
    t: undefined,
  };
  let loss = fit.loss;
  if (n3 > 0) {
    for (const [name, z] of Object.entries({ h, r, t: gather(b, entities, tails) }) as [
      "h" | "r" | "t",
      ComplexRows,
    ][]) {
      const penalty = cubes(b, z, b.node("Mul", [scale, number(n3)]), number);
      loss = b.node("Add", [loss, penalty.value]);
      const own = rows[name];
      rows[name] = own === undefined ? penalty.slope : m.sum(own, penalty.slope);
    }
  }
  // (qᵀ G)ᵀ, because runtimes are slower at products whose left side is transposed, and turn these for nothing.
  const scaled = b.node("Transpose", [b.node("Mul", [queries, scale])], { perm: [1, 0] });
  const dense = b.node("Transpose", [b.node("MatMul", [scaled, fit.slope])], { perm: [1, 0] });
  let entityGradient = addRows(b, dense, heads, m.joined(rows.h as ComplexRows));
  if (rows.t !== undefined) entityGradient = addRows(b, entityGradient, tails, m.joined(rows.t));
  const none = b.node("Mul", [relations, number(0)]);
  const relationGradient = addRows(b, none, ids, m.joined(rows.r as ComplexRows));

  b.output("loss", loss, precision, []);
  const updates = [
    ["Entities", "EntitySquares", entities, squares.entities, entityGradient, shapes.entities],
    ["Relations", "RelationSquares", relations, squares.relations, relationGradient, shapes.relations],
  ] as const;
  for (const [name, sums, table, before, gradient, shape] of updates) {
    const after = b.node("Add", [before, b.node("Mul", [gradient, gradient])]);
    const root = b.node("Add", [b.node("Sqrt", [after]), number(epsilon)]);
    const step = b.node("Div", [b.node("Mul", [gradient, rate]), root]);
    b.output(`new${name}`, b.node("Sub", [table, step]), precision, shape);
    b.output(`new${sums}`, after, precision, shape);
  }
  return b.graph();
}

/** Names of the real and the imaginary halves of rows. */
interface ComplexRows {
  readonly re: string;
  readonly im: string;
}

function complexRows(b: GraphBuilder) {
  const mul = (x: string, y: string) => b.node("Mul", [x, y]);
  const parts = (rows: string): ComplexRows => {
    const [re, im] = b.nodes("Split", [rows], 2, { axis: 1 });
    return { re, im };
  };
  return {
    parts,
    joined: ({ re, im }: ComplexRows) => b.node("Concat", [re, im], { axis: 1 }),
    sum: (x: ComplexRows, y: ComplexRows): ComplexRows => ({
      re: b.node("Add", [x.re, y.re]),
      im: b.node("Add", [x.im, y.im]),
    }),
    product: (x: ComplexRows, y: ComplexRows): ComplexRows => ({
      re: b.node("Sub", [mul(x.re, y.re), mul(x.im, y.im)]),
      im: b.node("Add", [mul(x.re, y.im), mul(x.im, y.re)]),
    }),
  };
}

function gather(b: GraphBuilder, table: string, ids: string): ComplexRows {
  return complexRows(b).parts(b.node("Gather", [table, ids], { axis: 0 }));
}

/**
 * L without penalties, and B · G. The largest probability is exp(max S − log Σ exp S), at least 1 / entities, so that
 * log Σ exp S = max S − log max p without another pass of exponentials (which runtimes do badly) and without underflow.
 */
function crossEntropy(b: GraphBuilder, queries: string, entities: string, tails: string, one: string) {
  const scores = b.node("Gemm", [queries, entities], { transB: 1 });
  const column = asColumn(b, tails);
  const right = b.node("GatherElements", [scores, column], { axis: 1 });
  const largest = (of: string) => b.node("ReduceMax", [of], { axes: [1], keepdims: 1 });
  const p = b.node("Softmax", [scores], { axis: 1 });
  const sums = b.node("Sub", [largest(scores), b.node("Log", [largest(p)])]);
  const loss = b.node("ReduceMean", [b.node("Sub", [sums, right])], { keepdims: 0 });
  // The right entity's probability, less 1, in its own place.
  const lessOne = b.node("Sub", [b.node("GatherElements", [p, column], { axis: 1 }), one]);
  return { loss, slope: b.node("ScatterElements", [p, column, lessOne], { axis: 1 }) };
}

/** weight · Σ |z|³ and its gradient. */
function cubes(b: GraphBuilder, { re, im }: ComplexRows, weight: string, number: (value: number) => string) {
  const square = b.node("Add", [b.node("Mul", [re, re]), b.node("Mul", [im, im])]);
  const modulus = b.node("Sqrt", [square]);
  const all = b.node("ReduceSum", [b.node("Mul", [square, modulus])], { keepdims: 0 });
  const factor = b.node("Mul", [modulus, b.node("Mul", [weight, number(3)])]);
  const slope: ComplexRows = { re: b.node("Mul", [factor, re]), im: b.node("Mul", [factor, im]) };
  return { value: b.node("Mul", [weight, all]), slope };
}

/** A table with rows added to those of the ids, repeated ones as often as they come. */
function addRows(b: GraphBuilder, table: string, ids: string, rows: string): string {
  return b.node("ScatterND", [table, asColumn(b, ids), rows], { reduction: "add" });
}

function asColumn(b: GraphBuilder, ids: string): string {
  const wide = b.node("Cast", [ids], { to: 7 });
  return b.node("Unsqueeze", [wide, b.constant("int64", [1], [1])]);
}

function checkOptions(sizes: Readonly<Record<string, number>>, n3: number, epsilon: number): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1 || size >= 2 ** 31) {
      throw new InvalidArgumentError(name, size, "an integer from 1 to 2^31 - 1");
    }
  }
  if (!(n3 >= 0 && Number.isFinite(n3)))
    throw new InvalidArgumentError("n3", n3, "a finite number of at least 0");
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new InvalidArgumentError("epsilon", epsilon, "a finite number above 0");
  }
}
