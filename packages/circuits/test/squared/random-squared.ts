/** Random squared circuits for laws, and their values term by term. */
import {
  imageRegionGraph,
  randomRegionGraph,
  randomVtree,
  type SquaredCircuit,
  type SquaredShape,
  squaredCircuit,
  squaredRegionShape,
  squaredTreeShape,
  squaredVtreeShape,
} from "@credence/circuits";
import { type Rng, rng } from "@credence/core";
import { worldsOf } from "../random-circuit.ts";

/** A shape of any kind over five variables or, for images, four. */
export function randomShape(seed: number): SquaredShape {
  const random = rng(`shape ${seed}`);
  const arities = Array.from({ length: 5 }, () => 2 + random.int(2));
  const units = 1 + random.int(4);
  const width = { units, squares: 1 + random.int(units) };
  switch (random.int(4)) {
    case 0:
      return squaredTreeShape(arities, randomForest(random, 5), width);
    case 1:
      return squaredVtreeShape(arities, randomVtree(5, { seed }), width);
    case 2:
      return squaredRegionShape(
        arities,
        randomRegionGraph(5, { replicas: 1, depth: 1 + random.int(3), seed }),
        width,
      );
  }
  return squaredRegionShape(arities.slice(1), imageRegionGraph(2, 2), width);
}

/** Parents come before their children; sometimes there are several roots. */
export function randomForest(random: Rng, variables: number): { parents: Int32Array; order: Int32Array } {
  const order = random.shuffle(Int32Array.from({ length: variables }, (_, v) => v));
  const parents = new Int32Array(variables).fill(-1);
  order.forEach((v, i) => {
    if (i > 0 && random() < 0.85) parents[v] = order[random.int(i)];
  });
  return { parents, order };
}

/** Parameters of both signs, a tenth of them exactly 0. */
export function randomSquared(seed: number): SquaredCircuit {
  const shape = randomShape(seed);
  const random = rng(`parameters ${seed}`);
  const parameters = Array.from({ length: shape.parameterCount }, () =>
    random() < 0.1 ? 0 : random.normal(),
  );
  return squaredCircuit(shape, parameters);
}

/** Σ_r c_r(world)², by the definition of each step. */
export function squareAt({ shape, parameters }: SquaredCircuit, world: readonly number[]): number {
  const { units, arities, steps } = shape;
  const vectors: number[][] = [];
  for (const step of steps) {
    if (step.kind === "table") {
      const arity = arities[step.variable];
      vectors.push(
        Array.from({ length: units }, (_, k) => parameters[step.at + k * arity + world[step.variable]]),
      );
    } else if (step.kind === "product") {
      vectors.push(vectors[step.left].map((x, k) => x * vectors[step.right][k]));
    } else {
      const input = vectors[step.input];
      vectors.push(
        Array.from({ length: step.rows }, (_, r) =>
          input.reduce((sum, x, k) => sum + parameters[step.at + r * units + k] * x, 0),
        ),
      );
    }
  }
  return (vectors.at(-1) as number[]).reduce((sum, c) => sum + c * c, 0);
}

/** All worlds with their squares. */
export function squaresOf(circuit: SquaredCircuit): { readonly world: number[]; readonly square: number }[] {
  return [...worldsOf(circuit.domains)].map((world) => ({ world, square: squareAt(circuit, world) }));
}
