/** Credal circuits by enumeration: values at every choice of extreme weights. */
import { arityOf, type Circuit, type Distribution, nodeKinds } from "@credence/circuits";

/** The weights of a node: of a sum by edge, of an input by state; undefined for products. */
export function weightsAt(circuit: Circuit, node: number): number[] | undefined {
  const input = circuit.inputs[circuit.inputOf[node]];
  if (input !== undefined) {
    const arity = arityOf(circuit.domains[input.variable]);
    return Array.from({ length: arity }, (_, state) => stateValue(input.distribution, state));
  }
  if (circuit.kinds[node] === nodeKinds.product) return undefined;
  return [...circuit.logWeights.subarray(circuit.offsets[node], circuit.offsets[node + 1])].map(Math.exp);
}

function stateValue(d: Distribution, state: number): number {
  if (d.family === "bernoulli") return state === 1 ? d.p : 1 - d.p;
  if (d.family === "indicator") return Number(d.state === state);
  return d.family === "categorical" ? d.probabilities[state] : Number.NaN;
}

export function isMovable(circuit: Circuit, node: number): boolean {
  const family = circuit.inputs[circuit.inputOf[node]]?.distribution.family;
  return family === undefined ? circuit.kinds[node] === nodeKinds.sum : family !== "indicator";
}

/** The extreme points of a contaminated distribution. */
export function contaminated(weights: readonly number[], share: number): number[][] {
  return weights.map((_, top) => weights.map((w, i) => (1 - share) * w + (i === top ? share : 0)));
}

/** The extreme points of intervals: budgets given out in every order. */
export function extremes(intervals: readonly (readonly [number, number])[]): number[][] {
  const orders = (rest: readonly number[]): number[][] => {
    if (rest.length === 0) return [[]];
    return rest.flatMap((first) => orders(rest.filter((i) => i !== first)).map((order) => [first, ...order]));
  };
  return orders([...intervals.keys()]).map((order) => {
    const weights = intervals.map(([low]) => low);
    let left = 1 - weights.reduce((a, b) => a + b, 0);
    for (const i of order) {
      const share = Math.min(left, intervals[i][1] - intervals[i][0]);
      weights[i] += share;
      left -= share;
    }
    return weights;
  });
}

/** The value of a circuit of finite variables at weights by node and factors by variable and state. */
export function valueWith(
  circuit: Circuit,
  weights: readonly (readonly number[] | undefined)[],
  factors: readonly (readonly number[])[],
): number {
  const values: number[] = [];
  for (let node = 0; node < circuit.size; node++) {
    const input = circuit.inputs[circuit.inputOf[node]];
    const below = [...circuit.children.subarray(circuit.offsets[node], circuit.offsets[node + 1])];
    const items = input === undefined ? below.map((child) => values[child]) : factors[input.variable];
    const own = weights[node];
    if (own === undefined) values.push(items.reduce((product, value) => product * value, 1));
    else values.push(own.reduce((sum, w, i) => sum + w * items[i], 0));
  }
  return values[circuit.size - 1];
}

/** Calls back with every choice of one of the extreme points per node; undefined if there are more than `limit`. */
export function everyChoice(
  points: readonly (readonly number[][] | undefined)[],
  limit: number,
): Generator<(readonly number[] | undefined)[], void, void> | undefined {
  const count = points.reduce((product, own) => product * (own?.length ?? 1), 1);
  if (count > limit) return undefined;
  return (function* () {
    for (let index = 0; index < count; index++) {
      let rest = index;
      yield points.map((own) => {
        if (own === undefined) return undefined;
        const at = own[rest % own.length];
        rest = Math.floor(rest / own.length);
        return at;
      });
    }
  })();
}
