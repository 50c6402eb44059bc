/** `credence circuit`: the verbs over circuits and the formulas that they are compiled from. */
import { Command } from "commander";
import { addCompile } from "./compile.ts";
import { addCount } from "./count.ts";
import { addLearn } from "./learn.ts";

/** The command with all its verbs. */
export function circuitCommand(): Command {
  const circuit = new Command("circuit").description(
    "circuits: exact counting and reasoning, and learning from data",
  );
  addCompile(circuit);
  addCount(circuit);
  addLearn(circuit);
  return circuit;
}
