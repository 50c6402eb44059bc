import {
  type CircuitFormat,
  circuitFormatNamed,
  circuitFormatOfContent,
  circuitFormatOfName,
  circuitFormats,
} from "@credence/circuits";
import { UnknownNameError } from "@credence/core";
import { describe, expect, it } from "vitest";

describe("formats", () => {
  it("are found by name, with the closest one where there is none", () => {
    for (const format of circuitFormats) expect(circuitFormatNamed(format)).toBe(format);
    expect(() => circuitFormatNamed("psd")).toThrow(UnknownNameError);
    expect(() => circuitFormatNamed("toString")).toThrow(UnknownNameError);
  });

  it.each<[string, CircuitFormat | undefined]>([
    ["a.cnf", "cnf"],
    ["a.b/c.CNF.gz", "cnf"],
    ["a.dnf", "dnf"],
    ["model.credence", "binary"],
    ["x.mln", "rules"],
    ["x.rules", "rules"],
    ["x.dimacs", "cnf"],
    ["x.constructor", undefined],
    ["x.txt", undefined],
    ["-", undefined],
    ["json", undefined],
  ])("by the ending of %s", (name, format) => {
    expect(circuitFormatOfName(name)).toBe(format);
  });

  it.each<[string, CircuitFormat]>([
    ['\n {"nodes": []}', "json"],
    ["c a comment\np cnf 2 1\n1 0\n", "cnf"],
    ["c a comment\np dnf 2 1\n1 0\n", "dnf"],
    ["nnf 1 0 1\nL 1\n", "nnf"],
    ["o 1 0\nt 2 0\n1 2 1 0\n", "d4"],
    ["c x\npsdd 1\nL 0 0 1\n", "psdd"],
    ["jpc 1\nL 0 0 1\n", "jpc"],
    ["c ids\njlc 1\nT 0\n", "jlc"],
    ["c ids\nsdd 1\nT 0\n", "sdd"],
    ["(2 3)\nv 0 1\nEOF\n", "spn"],
    ["MARKOV\n1\n2\n0\n", "uai"],
    ["// made by hand\nnetwork x { }\n", "bif"],
    ["2.0 a -> b\n", "rules"],
    ["(a | b) & c.\n", "rules"],
    ["", "rules"],
  ])("by the content %j", (text, format) => {
    expect(circuitFormatOfContent(new TextEncoder().encode(text))).toBe(format);
  });
});
