import {
  type Circuit,
  checkNormalized,
  checkRespects,
  circuitBuilder,
  compileSdd,
  compileSource,
  convertSource,
  determinism,
  logPartition,
  parsePsdd,
  parseVtree,
  printPsdd,
  sddManager,
  sddToCircuit,
  vtreeOf,
} from "@credence/circuits";
import { CredenceError, parseRules, type Rng, type Rule, rng, vocabulary } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { cnfs, weightsFor } from "../cnf/arbitrary.ts";
import { shares } from "../random-circuit.ts";
import { vtreeShapes } from "../vtree/arbitrary.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });

/** The file read again gives every world the circuit's share, and is a PSDD on its vtree. */
function checkSame(circuit: Circuit, text: string, vtreeText: string): void {
  const again = parsePsdd(text);
  const all = total(circuit);
  for (let world = 0; world < 1 << circuit.variables.size; world++) {
    const [before, after] = [logValueAt(circuit, world) - all, logValueAt(again, world)];
    expect(close(after, before, tolerance.rounding), `${world}: ${after}, not ${before}`).toBe(true);
  }
  expect(checkNormalized(again)).toEqual({ holds: true });
  expect(checkRespects(again, parseVtree(vtreeText).vtree)).toEqual({ holds: true });
  expect(determinism(again).status).toBe("certified");
}

const cases = cnfs(6)
  .filter((formula) => formula.variables > 0)
  .chain((formula) => fc.tuple(fc.constant(formula), vtreeShapes(formula.variables), weightsFor(formula)));

/** Random rules, some hard, over up to six variables. */
function randomRules(seed: number): readonly Rule[] {
  const random = rng(`rules ${seed}`);
  const names = [..."abcdef"].slice(0, 3 + random.int(4));
  const any = () => names[random.int(names.length)];
  const link = () => random.shuffle(["&", "|", "->", "<->"])[0];
  const lines = Array.from({ length: 2 + random.int(6) }, () => {
    const formula = `(${any()} ${link()} !${any()}) ${link()} ${any()}`;
    return random() < 0.15 ? `${formula}.` : `${random.normal()} (${formula})`;
  });
  return parseRules(`${lines.join("\n")}\n`);
}

/**
 * A circuit that is a PSDD in disguise: products of many factors, sums below sums, a variable left out on each side,
 * mixtures at the leaves, scales everywhere, and terms that share their left side, so that mixtures go down.
 */
function disguised(seed: number): Circuit {
  const random = rng(`disguised ${seed}`);
  const b = circuitBuilder(vocabulary("variable", ["p", "q", "r", "s", "t"]));
  const logs = (count: number) => Array.from({ length: count }, () => random.normal());
  const leaf = (v: number): number => {
    const parts = [
      b.literal(v, random() < 0.5),
      b.input(v, { family: "bernoulli", p: random() }),
      b.input(v, { family: "bernoulli", p: random() < 0.5 ? 1 : 0.25 }),
    ];
    return random() < 0.3 ? parts[random.int(3)] : b.sum(parts, logs(3));
  };
  const scale = (): number => b.sum([b.product([]), b.product([])], logs(2));
  /** Factors about the variables from v on, one of which is not spoken of. */
  const rest = (v: number, left: number): number[] => {
    if (v === left) return rest(v + 1, left);
    if (v > 3) return random() < 0.2 && left < 0 ? [] : [leaf(4)];
    if (random() < 0.4) return [b.literal(v, random() < 0.5), scale(), ...rest(v + 1, left)];
    return [sum(v, left)];
  };
  const sum = (v: number, left: number): number => {
    const terms = Array.from({ length: 1 + random.int(4) }, () =>
      b.product([b.literal(v, random() < 0.5), ...rest(v + 1, left), scale()]),
    );
    const half = b.sum(terms, logs(terms.length));
    return random() < 0.5 ? half : b.sum([half, ...terms], logs(1 + terms.length));
  };
  const sides = [true, false].map((value) => {
    const left = value ? 1 : 2;
    return b.product([
      b.literal(0, value),
      b.sum([sum(value ? 2 : 1, left), sum(value ? 2 : 1, left)], logs(2)),
    ]);
  });
  return b.build(b.sum(sides, logs(2)));
}

describe("PSDDs", () => {
  it("of formulas: read again they give every world its share, on the vtree asked for", () => {
    fc.assert(
      fc.property(cases, ([formula, shape, weights]) => {
        const manager = sddManager(vtreeOf(shape));
        const circuit = sddToCircuit(manager, compileSdd(manager, formula), { weights });
        if (logPartition(circuit) === Number.NEGATIVE_INFINITY) return;
        const file = printPsdd(circuit, manager.vtree);
        checkSame(circuit, file.text, file.vtree);
        expect(close(file.logPartition, logPartition(circuit), tolerance.rounding)).toBe(true);
        // Without being told, the vtree is found.
        const found = printPsdd(circuit);
        checkSame(circuit, found.text, found.vtree);
      }),
      { numRuns: 50 },
    );
  });

  it("of rules: whether their circuit follows a vtree or has to be made on one", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const source = { kind: "rules", rules: randomRules(seed) } as const;
        const circuit = await compileSource(source);
        if (logPartition(circuit) === Number.NEGATIVE_INFINITY) return;
        for (const vtree of [undefined, "balanced"] as const) {
          const file = await convertSource(source, "psdd", { vtree });
          checkSame(circuit, file.content as string, file.vtree!);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("of circuits in disguise: many factors, nested sums, missing variables, scales, shared left sides", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = disguised(seed);
        const file = printPsdd(
          circuit,
          vtreeOf([
            1,
            [
              [2, 3],
              [4, 5],
            ],
          ]),
        );
        checkSame(circuit, file.text, file.vtree);
        expect(close(file.logPartition, total(circuit), tolerance.rounding)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("are refused for mixtures, with the reason", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = mixtureOf(rng(`mixture ${seed}`));
        try {
          printPsdd(circuit);
          expect.unreachable();
        } catch (error) {
          if (!(error instanceof CredenceError)) throw error;
          expect(error).toMatchObject({ code: "INEXPRESSIBLE", hint: expect.stringMatching(/jpc/) });
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** The log of the total weight of all worlds, variables that a sum leaves out counted in. */
function total(circuit: Circuit): number {
  let sum = 0;
  for (let world = 0; world < 1 << circuit.variables.size; world++)
    sum += Math.exp(logValueAt(circuit, world));
  return Math.log(sum);
}

function logValueAt(circuit: Circuit, world: number): number {
  const values: number[] = [];
  for (let node = 0; node < circuit.size; node++) {
    const input = circuit.inputs[circuit.inputOf[node]];
    const edges = Array.from(
      { length: circuit.offsets[node + 1] - circuit.offsets[node] },
      (_, i) => circuit.offsets[node] + i,
    );
    if (input !== undefined) {
      const value = (world >> input.variable) & 1;
      const d = input.distribution;
      if (d.family === "indicator") values.push(d.state === value ? 1 : 0);
      else if (d.family === "bernoulli") values.push(value === 1 ? d.p : 1 - d.p);
    } else if (circuit.kinds[node] === 1) {
      values.push(edges.reduce((product, edge) => product * values[circuit.children[edge]], 1));
    } else {
      const terms = edges.map((edge) => Math.exp(circuit.logWeights[edge]) * values[circuit.children[edge]]);
      values.push(terms.reduce((a, b) => a + b, 0));
    }
  }
  return Math.log(values[values.length - 1]);
}

/** Independent coins, mixed: two different ones on the left of the vtree are both positive everywhere. */
function mixtureOf(random: Rng): Circuit {
  const b = circuitBuilder(vocabulary("variable", ["x", "y", "z"]));
  const coin = (v: number) => b.input(v, { family: "bernoulli", p: 0.1 + 0.8 * random() });
  const terms = Array.from({ length: 2 + random.int(3) }, () => b.product([0, 1, 2].map(coin)));
  return b.build(
    b.sum(
      terms,
      shares(random, terms.length).map((share) => Math.log(share + 0.01)),
    ),
  );
}
