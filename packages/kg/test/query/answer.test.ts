import {
  CredenceError,
  godel,
  InvalidArgumentError,
  type Logic,
  lukasiewicz,
  UnknownNameError,
} from "@credence/core";
import {
  answer,
  atom,
  bruteForce,
  parseQuery,
  type Query,
  select,
  truthModelFromMatrices,
  UnknownNameInQueryError,
  variables,
} from "@credence/kg";
import { describe, expect, it } from "vitest";
import { expectClose, logics } from "./arbitraries.ts";

const model = truthModelFromMatrices(["a", "b", "c"], {
  r: [
    [0, 0.5, 1],
    [0.2, 0, 0],
    [0, 0.3, 0],
  ],
  s: [
    [1, 0, 0.4],
    [0, 0.7, 0],
    [0.1, 0, 0],
  ],
});
const truthOf = (text: string, logic?: Logic): number[] => Array.from(answer(model, text, { logic }).truth);

describe("answer", () => {
  it("reads rows and columns of constants", () => {
    expect(truthOf("?y : r(a, ?y)")).toEqual([0, 0.5, 1]);
    expect(truthOf("?y : r(?y, b)")).toEqual([0.5, 0, 0.3]);
    expect(truthOf("?y : ~r(b, ?y)")).toEqual([0.5, 0, 0.3]);
    expect(truthOf("?y : !r(a, ?y)")).toEqual([1, 0.5, 0]);
  });

  it("maximizes over existential variables", () => {
    expectClose(truthOf("?y : r(a, ?x), r(?x, ?y)"), [0.1, 0.3, 0]);
    expectClose(truthOf("?y : r(a, ?x), r(?x, ?y)", godel), [0.2, 0.3, 0]);
    expectClose(truthOf("?y : r(a, ?x), r(?x, ?y)", lukasiewicz), [0, 0.3, 0]);
    expectClose(truthOf("?y : r(?x, ?y)"), [0.2, 0.5, 1]);
  });

  it("joins alternatives by the t-conorm, each with its own existential variable", () => {
    const text = "?y : r(a, ?x), r(?x, ?y) | s(a, ?x), r(?x, ?y)";
    expectClose(truthOf(text), [0.1, 0.3 + 0.5 - 0.15, 1]);
  });

  it("counts a repeated atom twice (fault P1 of the released code)", () => {
    expectClose(truthOf("?y : r(a, ?x), s(?x, ?y)"), [0.1, 0.35, 0]);
    expectClose(truthOf("?y : r(a, ?x), s(?x, ?y), s(?x, ?y)"), [0.01, 0.245, 0]);
  });

  it("takes the diagonal for self-loops (fault P3)", () => {
    expect(truthOf("?y : s(?y, ?y)")).toEqual([1, 0.7, 0]);
    expectClose(truthOf("?y : !s(?y, ?y)"), [0, 0.3, 1]);
    expectClose(truthOf("?y : s(?x, ?x), r(?x, ?y)"), [0.14, 0.5, 1]);
  });

  it("scales by components without the free variable, at their best (fault P6)", () => {
    // The best tail of r(b, ·) has truth 0.2, which the released code loses.
    expectClose(truthOf("?y : r(a, ?y), r(b, ?x)"), [0, 0.1, 0.2]);
    expectClose(truthOf("?y : r(a, ?y), r(b, ?x)", godel), [0, 0.2, 0.2]);
    expectClose(truthOf("?y : r(a, ?y), r(?x, ?z), s(?z, ?z)"), [0, 0.175, 0.35]);
    expectClose(truthOf("?y : r(a, ?y), !r(?x, ?z), !s(?z, ?x)"), [0, 0.5, 1]);
  });

  it("scales by atoms between constants", () => {
    expectClose(truthOf("?y : r(a, ?y), r(c, b)"), [0, 0.15, 0.3]);
    expectClose(truthOf("?y : r(a, ?y), !r(c, b)"), [0, 0.35, 0.7]);
    expectClose(truthOf("?y : r(a, ?y), r(b, b)"), [0, 0, 0]);
  });

  it("reads a negated existential as: for some x not", () => {
    expect(truthOf("?y : s(a, ?y), !r(?x, ?y)")).toEqual([1, 0, 0.4]);
    // An alternative without the free variable holds for every entity alike.
    expectClose(truthOf("?y : !(r(a, ?x), s(?x, ?y))"), [1, 1, 1]);
  });

  it("answers a query of which no alternative but one holds the free variable", () => {
    expectClose(truthOf("?y : r(a, ?y) | r(b, ?x)", godel), [0.2, 0.5, 1]);
  });

  it("sends messages along whichever side has fewer entries", () => {
    // n is large, one side has one candidate: the answer must not depend on which side is walked.
    const n = 60;
    const dense = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => ((i * 7 + j * 13) % 10) / 10),
    );
    const thin = dense.map((row, i) => row.map((value, j) => ((i + 3 * j) % 17 === 0 ? value : 0)));
    const big = truthModelFromMatrices(
      dense.map((_, i) => `e${i}`),
      { dense, thin },
    );
    for (const text of [
      "?y : thin(e0, ?x), dense(?x, ?y)",
      "?y : dense(?x, ?y), thin(e0, ?y)",
      "?y : dense(?x, ?y), thin(?x, ?y), !thin(?y, ?x), thin(e0, ?y)",
      "?y : dense(?x, ?y), !thin(?x, ?y), thin(e3, ?x)",
      "?y : !dense(?x, ?y), !thin(?y, ?x)",
      "?y : !dense(?x, ?y), thin(?y, e7), thin(?x, e9)",
    ]) {
      for (const logic of logics)
        expectClose(answer(big, text, { logic }).truth, bruteForce(big, text, { logic }));
    }
  });

  it("takes a query or its text, and answers on a model without entities", () => {
    const { y } = variables("y");
    const query = select(y).where(atom("r", "a", y));
    expect(answer(model, query).query).toBe(query);
    const empty = truthModelFromMatrices([], { r: [] });
    expect([...answer(empty, "?y : r(?x, ?y)")]).toEqual([]);
    expect(answer(empty, "?y : !r(?x, ?y)").truth).toHaveLength(0);
  });
});

describe("the answer set", () => {
  const set = answer(model, "?y : r(a, ?y) | s(a, ?y)");

  it("lists answers in the order of their ranks", () => {
    expect(set.top(3)).toEqual([
      { entity: "a", truth: 1, rank: 1, observed: true },
      { entity: "c", truth: 1, rank: 1, observed: true },
      { entity: "b", truth: 0.5, rank: 3, observed: false },
    ]);
    expect(set.top(1, { omitObserved: true })).toEqual([
      { entity: "b", truth: 0.5, rank: 3, observed: false },
    ]);
    expect(set.top(0)).toEqual([]);
    expect(set.top(9)).toEqual([...set]);
    expect(set.exact).toBe(true);
    expect(() => set.top(-1)).toThrow(InvalidArgumentError);
    expect(() => set.top(1.5)).toThrow(InvalidArgumentError);
  });

  it("prints its first ten", () => {
    expect(set.toString().split("\n")).toEqual([
      "?y : r(a, ?y) | s(a, ?y)",
      "1. a  1.000  observed",
      "1. c  1.000  observed",
      "3. b  0.5000",
    ]);
  });
});

describe("errors of answer", () => {
  it("points at unknown names and suggests known ones", () => {
    const failure = (query: string | Query): UnknownNameInQueryError => {
      try {
        answer(model, query);
      } catch (error) {
        if (error instanceof UnknownNameInQueryError) return error;
      }
      throw new Error("answered");
    };
    const written = failure("?y : r(a, ?y),\n  !r(d, ?y)");
    expect(written).toBeInstanceOf(UnknownNameError);
    expect(written.code).toBe("UNKNOWN_NAME");
    expect(written.position).toEqual({ line: 2, column: 6 });
    expect(written.frame).toBe("2 |   !r(d, ?y)\n         ^");
    expect(String(written)).toContain(written.frame);
    expect(written.toJSON()).toMatchObject({ code: "UNKNOWN_NAME", given: "d", line: 2, column: 6 });
    expect(failure("?y : rr(a, ?y)").suggestions).toContain("r");
    expect(failure("?y : ~r(?y, d)").position).toEqual({ line: 1, column: 13 });

    const { y } = variables("y");
    const built = failure(select(y).where(atom("t", "a", y)));
    expect([built.position, built.frame]).toEqual([undefined, undefined]);
    expect(built.toJSON()).not.toHaveProperty("line");
    expect(String(built)).toContain("UNKNOWN_NAME");
  });

  it("refuses cyclic queries, explosions, and things that are no query or logic", () => {
    const cyclic = "?y : r(?x, ?y), r(?x, ?z), r(?z, ?y)";
    expect(() => answer(model, cyclic)).toThrow(expect.objectContaining({ code: "CYCLIC_QUERY" }));
    const large = `?y : ${Array(12).fill("(r(a, ?y) | s(a, ?y))").join(", ")}`;
    expect(() => answer(model, large)).toThrow(expect.objectContaining({ code: "QUERY_TOO_LARGE" }));
    expectClose(
      answer(model, large, { maxConjunctions: 5_000, logic: godel }).truth,
      answer(model, "?y : r(a, ?y) | s(a, ?y)", { logic: godel }).truth,
    );
    expect(() => answer(model, 3 as unknown as string)).toThrow(InvalidArgumentError);
    expect(() => answer(model, "?y : r(a, ?y)", { logic: {} as Logic })).toThrow(InvalidArgumentError);
    expect(() => answer(model, "r(a, ?y)")).toThrow(CredenceError);
    expect(() => answer(model, parseQuery("?y : r(a, ?y)"), { maxConjunctions: -1 })).toThrow(
      InvalidArgumentError,
    );
  });
});
