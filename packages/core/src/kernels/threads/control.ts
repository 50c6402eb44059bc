/**
 * The words of shared memory by which threads agree on who does what, and the protocol:
 *
 *   the caller   writes the kernel and the count of chunks, sets NEXT to 0 and OPEN to 1, adds 1 to CALL, wakes
 *   everybody    adds 1 to NEXT and does the chunk it got, until there are none left
 *   a helper     adds 1 to ACTIVE before it looks at OPEN, and takes it off when it has no more chunks
 *   the caller   sets OPEN to 0 when it finds no more chunks, and returns when ACTIVE is 0
 *
 * So a helper that wakes late finds OPEN 0 or delays the caller, but never does a chunk of another call; and where
 * helpers have not started yet (or never will), the caller does all the chunks. Which thread does a chunk has no
 * influence on its result.
 */

/** How many calls there have been: helpers wait for it to change. */
export const CALL = 0;
export const OPEN = 1;
export const ACTIVE = 2;
/** The next chunk that nobody has taken. */
export const NEXT = 3;
export const CHUNKS = 4;
/** Which kernel, as an index into the list of names. */
export const KERNEL = 5;
export const ARGUMENTS = 6;
/** 1 if a kernel has trapped in a helper. */
export const FAILED = 7;
/** 1 if helpers are to end. */
export const ENDED = 8;
export const CONTROL_WORDS = 9;
