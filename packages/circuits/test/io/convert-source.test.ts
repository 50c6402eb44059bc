import {
  type CircuitSource,
  checkRespects,
  circuitToWrite,
  compileSource,
  convertSource,
  logPartition,
  logProbability,
  parseCircuitSource,
  parsePsdd,
  parseSdd,
  parseVtree,
  printVtree,
  sddFile,
  sddManager,
  sddModelCount,
  sddOfSource,
  vtreeOf,
} from "@credence/circuits";
import { AbortedError, InvalidArgumentError } from "@credence/core";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";

const read = (text: string): CircuitSource => parseCircuitSource(new TextEncoder().encode(text));
const cnf = read("p cnf 3 2\n1 2 0\n-2 3 0\n");
const soft = read("2 a -> b\n1 b -> c\n0.5 a <-> c\n");
const hard = read("a | b.\n");

describe("sddFile", () => {
  it("is the file of a function and of its vtree", async () => {
    const found = await sddOfSource(cnf, { vtree: vtreeOf([[3, 1], 2]) });
    const { content, vtree, warnings } = sddFile(found);
    expect(warnings).toEqual([]);
    expect(vtree).toBe(printVtree(vtreeOf([[3, 1], 2])));
    const manager = sddManager(parseVtree(vtree!).vtree);
    expect(sddModelCount(manager, parseSdd(manager, content as string))).toBe(4n);
  });

  it("names a few variables, and says how many more there are", async () => {
    const many = read(`exactlyOne(${Array.from({ length: 11 }, (_, v) => `v${v}`).join(", ")}).\n`);
    const { warnings } = await convertSource(many, "sdd");
    expect(warnings).toEqual([expect.stringMatching(/8 is "v7", and 3 more in their order\.$/)]);
  });
});

describe("circuitToWrite", () => {
  it("is what the source compiles to, but for PSDDs of formulas, which follow a vtree", async () => {
    expect((await circuitToWrite(cnf, "json")).circuit.size).toBe((await compileSource(cnf)).size);
    for (const source of [cnf, hard]) {
      const { circuit, vtree } = await circuitToWrite(source, "psdd");
      expect(checkRespects(circuit, vtree!)).toEqual({ holds: true });
      expect(circuit.variables.names).toEqual((await compileSource(source)).variables.names);
      expect(logPartition(circuit)).toBeCloseTo(logPartition(await compileSource(source)), 12);
    }
  });

  it("puts weighted rules on the vtree that is wanted, if theirs does not do", async () => {
    const plain = await compileSource(soft);
    for (const wanted of [undefined, "balanced", "left", "min-fill", vtreeOf([2, [1, 3]])] as const) {
      const { circuit, vtree } = await circuitToWrite(soft, "psdd", { vtree: wanted });
      if (vtree !== undefined) expect(checkRespects(circuit, vtree)).toEqual({ holds: true });
      for (let world = 0; world < 8; world++) {
        const evidence = { a: world & 1, b: (world >> 1) & 1, c: world >> 2 };
        const [before, after] = [plain, circuit].map((each) => logProbability(each, evidence));
        expect(close(after, before, tolerance.rounding)).toBe(true);
      }
    }
  });
});

describe("PSDDs of formulas", () => {
  it("are uniform over the models, or go by the literals' weights", async () => {
    const { content, warnings } = await convertSource(cnf, "psdd");
    const uniform = parsePsdd(content as string);
    expect(logProbability(uniform, { 1: 1, 2: 0, 3: 0 })).toBeCloseTo(-Math.log(4), 12);
    expect(logProbability(uniform, { 1: 0, 2: 0, 3: 0 })).toBe(Number.NEGATIVE_INFINITY);
    expect(warnings).toEqual([expect.stringMatching(/divided by their total, exp\(1\.386/)]);
    const weighted = read("p cnf 2 1\nc p weight 1 3 0\nc p weight -1 1 0\n1 2 0\n");
    const file = await convertSource(weighted, "psdd", { vtree: vtreeOf([2, 1]) });
    expect(file.vtree).toBe(printVtree(vtreeOf([2, 1])));
    // The worlds weigh 3, 3 and 1.
    expect(logProbability(parsePsdd(file.content as string), { 1: 0, 2: 1 })).toBeCloseTo(
      Math.log(1 / 7),
      12,
    );
  });

  it("are refused where there is no world, or the vtree is not one for them", async () => {
    await expect(convertSource(read("p cnf 1 2\n1 0\n-1 0\n"), "psdd")).rejects.toMatchObject({
      code: "INEXPRESSIBLE",
      message: expect.stringMatching(/0 everywhere/),
    });
    await expect(convertSource(soft, "psdd", { vtree: vtreeOf([1, 2]) })).rejects.toThrow(
      InvalidArgumentError,
    );
    const { circuit } = await circuitToWrite(cnf, "psdd", { vtree: vtreeOf([[1, 2], 3]) });
    for (const vtree of [vtreeOf([1, 2]), "bisection"] as const) {
      const made = convertSource({ kind: "circuit", circuit }, "psdd", { vtree });
      await expect(made).rejects.toThrow(InvalidArgumentError);
    }
    const made = convertSource({ kind: "circuit", circuit }, "psdd", { vtree: vtreeOf([[1, 3], 2]) });
    await expect(made).rejects.toMatchObject({
      code: "INEXPRESSIBLE",
      message: expect.stringMatching(/PSDD/),
    });
  });

  it("stop when they are told to", async () => {
    const signal = AbortSignal.abort();
    for (const to of ["psdd", "sdd"] as const) {
      await expect(convertSource(cnf, to, { signal })).rejects.toThrow(AbortedError);
    }
  });
});
