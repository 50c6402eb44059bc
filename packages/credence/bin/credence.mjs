#!/usr/bin/env node
// Committed, so that pnpm finds a file to link when it installs a fresh clone; the command itself is built.
import { existsSync } from "node:fs";

const command = new URL("../dist/main.js", import.meta.url);

if (existsSync(command)) {
  const { main } = await import(command.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(
    "The credence command is not built yet: run npm start or npm test in the root of the clone first.\n",
  );
  process.exitCode = 2;
}
