/**
 * The entry of every root script: `node scripts/run.mjs <task> [arguments]`.
 *
 * It checks the version of Node before anything else is loaded, so this one file keeps to syntax that every
 * Node that knows `.mjs` can parse (no `?.`, no `??`, no top-level await, no static import of our own files).
 */
const OLDEST = [20, 19];

const version = process.versions.node.split(".").map(Number);
const tooOld = version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1]);

if (tooOld) {
  process.stderr.write(
    `Credence needs Node ${OLDEST.join(".")} or newer, and this is Node ${process.versions.node} ` +
      `(${process.execPath}). Install a newer one from https://nodejs.org and run the command again.\n`,
  );
  process.exitCode = 1;
} else {
  import("./bootstrap/main.mjs").then((bootstrap) =>
    bootstrap.main(process.argv.slice(2)).then((code) => {
      process.exitCode = code;
    }),
  );
}
