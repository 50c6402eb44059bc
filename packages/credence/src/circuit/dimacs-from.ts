/** DIMACS files of the circuit verbs. */
import { type Dimacs, parseDimacs } from "@credence/circuits";
import { readText } from "@credence/core/node";

/** All text of a file (plain or .gz, - for standard input). */
export async function textFrom(path: string): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of readText(path)) pieces.push(piece);
  return pieces.join("");
}

/** Reads a CNF; what is odd about it is said on standard error. */
export async function dimacsFrom(path: string): Promise<Dimacs> {
  const dimacs = parseDimacs(await textFrom(path));
  for (const warning of dimacs.warnings) process.stderr.write(`warning: ${warning}\n`);
  return dimacs;
}
