/** The `credence` command: argument parsing and printing only; all work is done by the packages. */
import { CredenceError, closestNames } from "@credence/core";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { circuitCommand } from "./circuit/command.ts";
import { conformalCommand } from "./conformal/command.ts";
import { doctorCommand } from "./doctor.ts";
import { kgCommand } from "./kg/command.ts";
import { forgetInterrupt, interruptCode } from "./terminal/interrupt.ts";
import { printError } from "./terminal/output.ts";

/**
 * Runs the command and returns its exit code: 0 for success, 1 for an error that the user can mend, 2 for ours, 130
 * after Ctrl-C and 143 after SIGTERM, also where what was reached by then is printed or saved.
 *
 * @param argv the arguments after the program's name
 */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.some((word) => /^--json(=|$)/.test(word));
  const program = new Command("credence")
    .description(
      "Knowledge graphs, complex queries, probabilistic circuits and prediction sets with guarantees.",
    )
    .version(manifest.version)
    .addCommand(kgCommand())
    .addCommand(circuitCommand())
    .addCommand(conformalCommand())
    .addCommand(doctorCommand());
  quietErrors(program);
  watchOutput(json);
  forgetInterrupt();
  try {
    await program.parseAsync([...argv], { from: "user" });
    return interruptCode() ?? 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, json);
    // Help and version are not errors, although commander reports them as such.
    if (error.exitCode === 0) return 0;
    return printError(usageError(error, program, argv), json);
  }
}

let isWatched = false;

/**
 * Says what went wrong with standard output, and that standard error is closed is nobody's concern. Streams report
 * faults some time after the write, perhaps when the command is done: the listeners stay.
 */
function watchOutput(json: boolean): void {
  if (isWatched) return;
  isWatched = true;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    // `credence ... | head` closes our standard output early: that is no error of anybody's.
    if (cause.code === "EPIPE") return process.exit(0);
    const error = new CredenceError({
      code: "OUTPUT_FAILED",
      message: `Standard output cannot be written: ${cause.message}.`,
      expected: "a terminal, a pipe or a file with room for the output",
      hint: "Check the disk, or write with --out.",
      cause,
    });
    process.exit(printError(error, json));
  });
}

/** Commander prints its own errors and exits; ours go through {@link printError} like all others. */
function quietErrors(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) quietErrors(child);
}

function usageError(error: CommanderError, program: Command, argv: readonly string[]): CredenceError {
  const words = argv.slice(0, 2).filter((word) => !word.startsWith("-"));
  const path: Command[] = [program];
  for (const word of words) {
    const next = path[path.length - 1].commands.find((child) => child.name() === word);
    if (next !== undefined) path.push(next);
  }
  const command = path[path.length - 1];
  const wrong = wrongWord(error, command, argv);
  const text =
    wrong?.startsWith("--") === true
      ? `unknown option '${wrong}'`
      : error.message.replace(/^error: /, "").split("\n")[0];
  const [closest] = wrong === undefined ? [] : closestNames(wrong, knownWords(command, wrong));
  const taker = error.code === "commander.missingArgument" ? takerOfAll(command, argv) : undefined;
  return new CredenceError({
    code: "USAGE",
    message: `${text[0].toUpperCase()}${text.slice(1)}`.replace(/\.?$/, "."),
    given: argv.join(" "),
    hint:
      closest !== undefined
        ? `Did you mean ${closest}?`
        : taker !== undefined
          ? `${taker} takes all words up to the next option: put the file before it.`
          : `See \`${path.map((one) => one.name()).join(" ")} --help\`.`,
  });
}

/** The option that has taken the last word. */
function takerOfAll(command: Command, argv: readonly string[]): string | undefined {
  const last = argv.findLast((word) => word.startsWith("--"))?.split("=")[0];
  return command.options.find((option) => option.variadic && option.long === last)?.long ?? undefined;
}

/** The word that commander did not understand. A misspelt option counts before the required one it stands for. */
function wrongWord(error: CommanderError, command: Command, argv: readonly string[]): string | undefined {
  const known = new Set(command.options.map((option) => option.long));
  const flags = argv
    .filter((word) => word.startsWith("--") && word !== "--help")
    .map((word) => word.split("=")[0]);
  const flag = command.commands.length === 0 ? flags.find((word) => !known.has(word)) : undefined;
  return flag ?? /'([^'<\s]+)'/.exec(error.message)?.[1];
}

function knownWords(command: Command, wrong: string): string[] {
  if (wrong.startsWith("--")) return command.options.map((option) => option.long ?? option.flags);
  return command.commands.map((child) => child.name());
}
