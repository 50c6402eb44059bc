/**
 * Fair timing on a machine that is never quite quiet: contenders take turns within every round, so that a slow moment
 * hits all of them, and ratios are taken within rounds. `best` says what the hardware can do, `median` what it did, and
 * seconds of processors what was needed, whoever else wanted them.
 */
import { availableParallelism, cpus, loadavg } from "node:os";

/** What doing the work once took. */
export interface Cost {
  readonly seconds: number;
  /** Seconds of processors, of all threads together (also of those that wait by looking again and again). */
  readonly cpuSeconds: number;
}

/** Does the work once; undefined if it cannot. */
export type Contender = () => Cost | undefined | Promise<Cost | undefined>;

/** The costs of each round, by contender; one that could not once is left out. */
export type Rounds = ReadonlyMap<string, readonly Cost[]>;

/** A contender from a function, timed here. */
export function timed(work: () => unknown): Contender {
  return async () => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const done = work();
    if (done instanceof Promise) await done;
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - start) / 1e3, cpuSeconds: (user + system) / 1e6 };
  };
}

/** How long to measure. */
export interface InterleaveOptions {
  readonly rounds: number;
  /** Rounds before, not counted: engines compile, caches fill; default 2. */
  readonly warmUp?: number;
  /** Contenders so slow that three rounds must do. */
  readonly slow?: ReadonlySet<string>;
}

/** Lets contenders take turns. */
export async function interleave(
  contenders: Readonly<Record<string, Contender>>,
  options: InterleaveOptions,
): Promise<Rounds> {
  const { rounds, warmUp = 2, slow = new Set() } = options;
  const costs = new Map<string, Cost[]>();
  const unable = new Set<string>();
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      if (unable.has(name) || (slow.has(name) && (round < -1 || round >= 3))) continue;
      const cost = await run();
      if (cost === undefined) unable.add(name);
      else if (round >= 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
    }
  }
  for (const name of unable) costs.delete(name);
  return costs;
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const middle = (values: readonly number[]) => ascending(values)[values.length >> 1];
const bestOf = (costs: readonly Cost[], of: keyof Cost) => Math.min(...costs.map((cost) => cost[of]));

/** A contender's costs as the report has them, with its rate if the work is so many floating-point operations. */
export function summary(costs: readonly Cost[], flops?: number): Record<string, number> {
  const best = bestOf(costs, "seconds");
  return {
    bestMs: rounded(best * 1e3),
    medianMs: rounded(middle(costs.map(({ seconds }) => seconds)) * 1e3),
    cpuMs: rounded(bestOf(costs, "cpuSeconds") * 1e3),
    ...(flops === undefined ? {} : { gflops: rounded(flops / best / 1e9) }),
  };
}

/**
 * How many times as fast as `other` (above 1: faster): by the best times, as the median of the ratios within rounds, and
 * by the least seconds of processors.
 */
export function speedAgainst(own: readonly Cost[], other: readonly Cost[]): Record<string, number> {
  const pairs = own.slice(0, other.length).map(({ seconds }, i) => other[i].seconds / seconds);
  return {
    best: rounded(bestOf(other, "seconds") / bestOf(own, "seconds")),
    median: rounded(middle(pairs)),
    cpu: rounded(bestOf(other, "cpuSeconds") / bestOf(own, "cpuSeconds")),
  };
}

/** {@link speedAgainst} of some contenders against each of the others. */
export function comparisons(rounds: Rounds, isOwn: (name: string) => boolean): Record<string, object> {
  const entries = [...rounds];
  const others = entries.filter(([name]) => !isOwn(name));
  const own = entries.filter(([name]) => isOwn(name));
  return Object.fromEntries(
    own.map(([name, costs]) => [
      name,
      Object.fromEntries(others.map(([other, its]) => [other, speedAgainst(costs, its)])),
    ]),
  );
}

/** The machine, and how busy it was (processes that wanted to run, mean of the last minute). */
export function machine(): Record<string, unknown> {
  return {
    cpu: cpus()[0].model,
    parallelism: availableParallelism(),
    node: process.version,
    date: new Date().toISOString(),
    load: rounded(loadavg()[0]),
  };
}

/** Three digits are more than the machine is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
