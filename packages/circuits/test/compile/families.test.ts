import { compileRules, logPartition } from "@credence/circuits";
import { parseRules } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const list = (names: readonly string[]) => names.join(", ");

/** The number of worlds that satisfy hard rules. */
function count(text: string, order?: readonly string[]): number {
  return Math.exp(logPartition(compileRules(parseRules(text), order === undefined ? {} : { order })));
}

function expectCount(text: string, expected: number, order?: readonly string[]): void {
  const found = count(text, order);
  expect(close(found, expected, tolerance.reference), `${found} is not ${expected}`).toBe(true);
}

describe("families with known numbers of worlds", () => {
  it("independent sets of paths are Fibonacci numbers", () => {
    let [before, now] = [1, 2];
    for (let n = 1; n <= 40; n++) {
      const edges = range(n - 1).map((i) => `!(x${i} & x${i + 1}).\n`);
      expectCount(`${edges.join("")}x0 | !x0.\nx${n - 1} | true.`, n === 1 ? 2 : now);
      [before, now] = [now, before + now];
    }
  });

  it("colorings of cycles follow the chromatic polynomial", () => {
    for (const [n, k] of [
      [3, 3],
      [5, 3],
      [10, 4],
      [15, 3],
    ]) {
      const cells = range(n).map((i) => `exactlyOne(${list(range(k).map((c) => `v${i}_${c}`))}).\n`);
      const differ = range(n).flatMap((i) => range(k).map((c) => `!(v${i}_${c} & v${(i + 1) % n}_${c}).\n`));
      expectCount(cells.join("") + differ.join(""), (k - 1) ** n + (n % 2 ? -1 : 1) * (k - 1));
    }
  });

  it("latin squares of order 3 and 4 number 12 and 576", () => {
    for (const [n, expected] of [
      [3, 12],
      [4, 576],
    ]) {
      const v = (i: number, j: number, k: number) => `v${i}_${j}_${k}`;
      const rules = range(n).flatMap((a) =>
        range(n).flatMap((b) => [
          `exactlyOne(${list(range(n).map((x) => v(a, b, x)))}).\n`,
          `exactlyOne(${list(range(n).map((x) => v(a, x, b)))}).\n`,
          `exactlyOne(${list(range(n).map((x) => v(x, a, b)))}).\n`,
        ]),
      );
      expectCount(rules.join(""), expected);
    }
  });

  it("perfect matchings of ladders are Fibonacci numbers", () => {
    let [before, now] = [1, 1];
    for (let n = 2; n <= 20; n++) {
      [before, now] = [now, before + now];
      const at = (i: number, side: string) =>
        [`rung${i}`, i > 0 ? `${side}${i - 1}` : "", i < n - 1 ? `${side}${i}` : ""].filter(
          (name) => name !== "",
        );
      const rules = range(n).flatMap((i) => ["u", "d"].map((side) => `exactlyOne(${list(at(i, side))}).\n`));
      expectCount(rules.join(""), now);
    }
  });

  it("pigeons do not fit into too few holes", () => {
    const sits = range(5).map(
      (i) =>
        `${range(4)
          .map((h) => `p${i}_${h}`)
          .join(" | ")}.\n`,
    );
    const alone = range(4).map((h) => `atMostOne(${list(range(5).map((i) => `p${i}_${h}`))}).\n`);
    expect(count(sits.join("") + alone.join(""))).toBe(0);
  });

  it("parity halves the worlds, in one rule or in a chain", () => {
    const names = range(30).map((i) => `x${i}`);
    expectCount(`${names.join(" xor ")}.`, 2 ** 29);
    expectCount(`!(${names.join(" <-> ")}).`, 2 ** 29);
    const chain = range(29).map((i) => `t${i + 1} <-> (t${i} xor x${i + 1}).\n`);
    expectCount(`t0 <-> x0.\n${chain.join("")}t29.`, 2 ** 29);
  });

  it("cardinalities over formulas and negations count what they say", () => {
    expectCount("exactlyOne(!a, !b, !c).", 3);
    expectCount("atMostOne(a, !b, c, d).\ne | !e.", 5 * 2);
    expectCount(
      "exactlyOne(a & b, c, c & d).",
      range(16).filter((x) => {
        const [a, b, c, d] = [x & 1, x & 2, x & 4, x & 8].map(Boolean);
        return Number(a && b) + Number(c) + Number(c && d) === 1;
      }).length,
    );
    expectCount("!exactlyOne(a, b, c, d).\n!atMostOne(a, b, c, d).", 11);
    expectCount("exactlyOne(a, a, b).", 1);
    expectCount("atMostOne(a, a, !a, b).\nb | !b.", 1);
    expectCount("exactlyOne(a, b, true).", 1);
    expectCount("exactlyOne(a, b, true, true).", 0);
  });

  it("does not depend on a bad order of decisions, but takes fewer nodes with min-fill", () => {
    const n = 14;
    const text =
      range(n)
        .map((i) => `x${i} <-> y${i}.\n`)
        .join("") +
      range(n - 1)
        .map((i) => `1 x${i} & x${i + 1}\n`)
        .join("");
    const bad = [...range(n).map((i) => `x${(i * 5) % n}`), ...range(n).map((i) => `y${i}`)];
    const [good, poor] = [compileRules(parseRules(text)), compileRules(parseRules(text), { order: bad })];
    expect(close(logPartition(good), logPartition(poor), tolerance.reference)).toBe(true);
    expect(good.edges).toBeLessThan(poor.edges);
  });

  it("compiles to the same bytes every time", () => {
    const text = "exactlyOne(a, b, c).\n2 a -> d\n1 d & e | f\n-1 f <-> a\n";
    const [one, two] = [compileRules(parseRules(text)), compileRules(parseRules(text))];
    expect([one.kinds, one.offsets, one.children, one.logWeights]).toEqual([
      two.kinds,
      two.offsets,
      two.children,
      two.logWeights,
    ]);
  });
});
