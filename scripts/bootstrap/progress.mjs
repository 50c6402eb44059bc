/** What the bootstrap tells the user: on standard error only, so that a task's standard output stays its own. */

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Announces some work and says how long it took. Two lines rather than one that is completed later: two builds
 * may be under way at once, and their lines must not run into each other.
 * @template T
 * @param {string} subject
 * @param {() => Promise<T>} work
 * @param {{ doing: string, done: string }} verbs
 * @returns {Promise<T>}
 */
export async function timed(subject, work, { doing, done }) {
  const start = performance.now();
  say(`${doing} ${subject} …`);
  const result = await work();
  say(`${done} ${subject}  ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  return result;
}
