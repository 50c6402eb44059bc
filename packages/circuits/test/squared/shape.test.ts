import {
  chowLiuTree,
  imageRegionGraph,
  randomRegionGraph,
  rightLinearVtree,
  type SquaredShape,
  squaredRegionShape,
  squaredTreeShape,
  squaredVtreeShape,
} from "@credence/circuits";
import { describe, expect, it } from "vitest";
import { randomTable } from "../learn/tables.ts";
import { randomShape } from "./random-squared.ts";

/** A shape written as a term: t0 for the table of variable 0, (a b) for products, [a] for dense steps. */
function written({ steps }: SquaredShape): string {
  const texts: string[] = [];
  for (const step of steps) {
    if (step.kind === "table") texts.push(`t${step.variable}`);
    else if (step.kind === "dense") texts.push(`[${texts[step.input]}]`);
    else texts.push(`(${texts[step.left]} ${texts[step.right]})`);
  }
  return texts.at(-1) as string;
}

describe("shapes of squared circuits", () => {
  it("follow a tree over the variables", () => {
    const tree = { parents: Int32Array.of(-1, 0, 0, 2), order: Int32Array.of(0, 1, 2, 3) };
    const shape = squaredTreeShape([2, 3, 2, 2], tree, { units: 4, squares: 2 });
    expect(written(shape)).toBe("[(t0 (t1 [(t2 t3)]))]");
    expect(shape.parameterCount).toBe(4 * (2 + 3 + 2 + 2) + 4 * 4 + 2 * 4);
    const forest = { parents: Int32Array.of(-1, -1, 1), order: Int32Array.of(1, 0, 2) };
    expect(written(squaredTreeShape([2, 2, 2], forest))).toBe("[((t1 t2) t0)]");
    const found = chowLiuTree(randomTable(1, 50, [2, 2, 2, 2, 2, 2]));
    expect(
      squaredTreeShape(new Array(6).fill(2), found).steps.filter(({ kind }) => kind === "table"),
    ).toHaveLength(6);
  });

  it("follow region graphs of one division each, and vtrees", () => {
    expect(written(squaredVtreeShape([2, 2, 2], rightLinearVtree([2, 1, 3])))).toBe("[(t1 [(t0 t2)])]");
    expect(written(squaredVtreeShape([5], rightLinearVtree([1])))).toBe("[t0]");
    const image = squaredRegionShape(new Array(4).fill(2), imageRegionGraph(2, 2));
    expect(written(image)).toBe("[([(t3 t2)] [(t1 t0)])]");
    const halves = randomRegionGraph(6, { replicas: 1, depth: 1, seed: 3 });
    const regions = squaredRegionShape(new Array(6).fill(2), halves);
    expect(regions.steps.filter(({ kind }) => kind === "dense")).toHaveLength(3);
    const twice = randomRegionGraph(4, { replicas: 1, depth: 1 });
    const divided = { ...twice, partitions: twice.partitions.map((parts) => [...parts, ...parts]) };
    expect(() => squaredRegionShape(new Array(4).fill(2), divided)).toThrow(
      /divisions of region 0.*compatible with itself/,
    );
  });

  it("place parameters one after the other, each step read once", () => {
    for (let seed = 0; seed < 30; seed++) {
      const { steps, units, arities, parameterCount } = randomShape(seed);
      let at = 0;
      const reads = new Array(steps.length).fill(0);
      steps.forEach((step, s) => {
        if (step.kind === "product") {
          for (const part of [step.left, step.right]) {
            expect(part).toBeLessThan(s);
            reads[part]++;
          }
          return;
        }
        expect(step.at).toBe(at);
        at += units * (step.kind === "table" ? arities[step.variable] : step.rows);
        if (step.kind === "dense") reads[step.input]++;
      });
      expect(at).toBe(parameterCount);
      expect(reads).toEqual(steps.map((_, s) => Number(s < steps.length - 1)));
    }
  });

  it("refuse other variables and impossible widths", () => {
    const line = { parents: Int32Array.of(-1, 0), order: Int32Array.of(0, 1) };
    for (const width of [{ units: 0 }, { units: 1.5 }, { squares: 0 }, { squares: 2000 }]) {
      expect(() => squaredTreeShape([2, 2], line, width)).toThrow(/an integer from 1 to 1024/);
    }
    expect(() => squaredTreeShape([2, 2], line, { units: 3, squares: 4 })).toThrow(/at most units = 3/);
    for (const tree of [
      { ...line, order: Int32Array.of(1, 0) },
      { ...line, order: Int32Array.of(0, 0) },
      { ...line, order: Int32Array.of(0) },
      { parents: Int32Array.of(-1, 7), order: Int32Array.of(0, 1) },
    ]) {
      expect(() => squaredTreeShape([2, 2], tree)).toThrow(/a tree over 2 variables, parents first/);
    }
    expect(() => squaredTreeShape([], { parents: Int32Array.of(), order: Int32Array.of() })).toThrow(/tree/);
    expect(() => squaredVtreeShape([2, 2], rightLinearVtree([1, 2, 3]))).toThrow(/each of 0 to 1 once/);
    expect(() => squaredVtreeShape([2, 2, 2], rightLinearVtree([1, 2]))).toThrow(/without a place/);
    expect(() => squaredRegionShape([2], { scopes: [[0, 0]], partitions: [[]] })).toThrow(/once/);
  });
});
