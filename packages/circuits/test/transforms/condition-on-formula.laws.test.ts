import { checkNormalized, conditionOnFormula, logPartition, posteriors } from "@credence/circuits";
import { and, type Formula, foldFormula, not, or, parseFormula, variable } from "@credence/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, tolerance } from "../../../../test/tolerance.ts";
import { finiteDomains, mixedDomains, randomCircuit, valueAt, worldsOf } from "../random-circuit.ts";
