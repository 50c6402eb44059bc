/** `credence kg`: the verbs over knowledge graphs. */
import { Command } from "commander";
import { addAsk } from "./ask.ts";
import { addEvaluate } from "./evaluate.ts";
import { addStats } from "./stats.ts";
import { addTrain } from "./train.ts";

/** The command with all its verbs. */
export function kgCommand(): Command {
  const kg = new Command("kg").description("knowledge graphs: link predictors and complex queries");
  addStats(kg);
  addTrain(kg);
  addEvaluate(kg);
  addAsk(kg);
  return kg;
}
