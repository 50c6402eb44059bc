/** `credence circuit`: the verbs over circuits and the formulas that they are compiled from. */
import { Command } from "commander";
import { addCount } from "./count.ts";

/** The command with all its verbs. */
export function circuitCommand(): Command {
  const circuit = new Command("circuit").description("circuits: exact counting and reasoning with logic");
  addCount(circuit);
  return circuit;
}
