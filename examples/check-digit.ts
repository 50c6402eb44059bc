/**
 * Reading numbers with a check digit: three images a, b, c with c = (a + b) mod 10, an adversary who may move all
 * pixels of the record by at most delta in Euclidean norm, and sets for c that hold nevertheless. The rule is
 * weighed in before the decision and the decision is smoothed, so the certificate speaks of rule and network at once.
 */
import { batchMarginals, categoricalLeaves, compileRules } from "@credence/circuits";
import {
  type BatchFunction,
  type CertificationRow,
  calibrateCertified,
  certificationTable,
  smooth,
} from "@credence/conformal";
import { adam, parseRules, type RunOptions, rng } from "@credence/core";
import { dense, fitNetwork, type Network, probabilities, relu } from "@credence/core/layers";
import { drawRecords } from "./support/check-digit-records.ts";
import { type DigitImages, gatherImages } from "./support/digit-images.ts";

/** What to certify, and how. */
export interface CheckDigitOptions extends RunOptions, Pick<DigitImages, "images" | "labels"> {
  /** How many images train the network; the others make the records. Default 600. */
  readonly train?: number;
  /** At most so many records; default all that the images give. */
  readonly records?: number;
  /** Standard deviation of the smoothing noise and of the noise in training; default 0.25. */
  readonly sigma?: number;
  /** Euclidean radii to certify; default 0.125, 0.25 and 0.5. */
  readonly radii?: readonly number[];
  /** Noisy copies of each record; default 1000. */
  readonly samples?: number;
  /** Weight of the rule; default 4. */
  readonly weight?: number;
}

/** One line of the result: certified top-1, set size and coverage at a radius, with or without the rule. */
export interface CheckDigitRow extends CertificationRow {
  readonly rule: boolean;
}

const digits = Array.from({ length: 10 }, (_, digit) => digit);
/** The thirty propositions "image a shows a 0" (a0) to "image c shows a 9" (c9). */
const variables = ["a", "b", "c"].flatMap((image) => digits.map((digit) => `${image}${digit}`));

/** The rules: every image shows one digit, and a weighted implication for each pair of digits. */
export function checkDigitRules(weight: number): string {
  const oneDigit = ["a", "b", "c"].map((image) => `exactlyOne(${digits.map((d) => image + d).join(", ")}).`);
  const sums = digits.flatMap((a) => digits.map((b) => `${weight} a${a} & b${b} -> c${(a + b) % 10}`));
  return [...oneDigit, ...sums].join("\n");
}

/** Trains, certifies without and with the rule, and gives one row a radius for each. About ten seconds. */
export async function checkDigit(options: CheckDigitOptions): Promise<CheckDigitRow[]> {
  const { images, labels, train = 600, sigma = 0.25, radii = [0.125, 0.25, 0.5], ...others } = options;
  const { samples = 1000, weight = 4, records: most, seed = 1, ...run } = others;
  const random = rng(seed);
  const order = random.fork("split").shuffle(Array.from({ length: images.rows }, (_, i) => i));
  const training = order.slice(0, train);
  const network = await fitNetwork(
    [dense(images.cols, 64), relu(64), dense(64, 10)],
    {
      inputs: gatherImages(
        images,
        training.map((i) => [i]),
      ),
      labels: training.map((i) => labels[i]),
    },
    { ...run, ...recipe, seed: random.fork("network").seed, noise: sigma },
  );
  const records = drawRecords(labels, order.slice(train), random.fork("records")).slice(0, most);
  const half = Math.floor(records.length / 2);
  const answers = records.map(([, , c]) => labels[c]);

  const rows: CheckDigitRow[] = [];
  for (const rule of [false, true]) {
    const read = rule ? withRule(network, weight) : alone(network);
    const seen = rule ? records : records.map(([, , c]) => [c]);
    const votes = (some: typeof seen, part: string) => {
      const noise = random.fork(rule ? "rule" : "alone").fork(part);
      return smooth(read, gatherImages(images, some), {
        ...run,
        classes: 10,
        sigma,
        samples,
        seed: noise.seed,
      });
    };
    const clean = await votes(seen.slice(0, half), "calibration");
    const calibration = calibrateCertified(clean, answers.slice(0, half), { alpha: 0.1, eta: 0.01 });
    const tested = await votes(seen.slice(half), "test");
    const table = certificationTable(tested, answers.slice(half), calibration, radii);
    rows.push(...table.map((row) => ({ ...row, rule })));
  }
  return rows;
}

const recipe = { epochs: 100, batchSize: 64, optimizer: adam({ learningRate: 0.003 }) };

/** The network's soft-max for the image c, which is all that it sees. */
function alone(network: Network): BatchFunction {
  return (inputs, out) => out.data.set(probabilities(network, inputs).data);
}

/** Posteriors of c's digits under the rules, from the network's soft-max for each of the three images. */
function withRule(network: Network, weight: number): BatchFunction {
  const circuit = compileRules(parseRules(checkDigitRules(weight)), { variables });
  return ({ rows, data }, out) => {
    const softmax = probabilities(network, { rows: 3 * rows, cols: network.inputs, data });
    // One of ten digits holds: evidence that weighs each of them by its probability.
    const evidence = { rows, cols: 30, data: categoricalLeaves(softmax.data) };
    out.data.set(batchMarginals(circuit, evidence, { variables: variables.slice(20) }).probabilities.data);
  };
}
