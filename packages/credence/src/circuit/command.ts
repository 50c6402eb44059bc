/** `credence circuit`: the verbs over circuits and the formulas that they are compiled from. */
import { Command } from "commander";
import { addBounds } from "./bounds.ts";
import { addCompile } from "./compile.ts";
import { addConvert } from "./convert.ts";
import { addCount } from "./count.ts";
import { addLearn } from "./learn.ts";
import { addMpe } from "./mpe.ts";
import { addQuery } from "./query.ts";
import { addSample } from "./sample.ts";

/** The command with all its verbs. */
export function circuitCommand(): Command {
  const circuit = new Command("circuit").description(
    "circuits: exact counting and reasoning, certified bounds, and learning from data",
  );
  for (const add of [addCompile, addCount, addQuery, addMpe, addBounds, addLearn, addSample, addConvert]) {
    add(circuit);
  }
  return circuit;
}
