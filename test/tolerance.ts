/** The tolerances of all tests, in one place: a bare literal in a test is a number that nobody can defend. */
export const tolerance = {
  /** Reference vectors in double precision (their READMEs say 1e-9). */
  reference: 1e-9,
  /** Special functions (their file asks for this). */
  special: 1e-10,
  /** The same near zero. */
  specialAbsolute: 1e-14,
  /** The same near zero, where a relative tolerance says nothing. */
  referenceAbsolute: 1e-10,
  /** After several optimizer steps in double precision. */
  optimizer: 1e-7,
  /** Quantities that one path computes in single precision. */
  single: 1e-5,
  /** Two orders of summation of the same double-precision sum. */
  rounding: 1e-12,
  /** Reference figures that were accumulated in single precision (their README says 1e-6). */
  singleAccumulated: 1e-6,
  /** Central finite differences of smooth functions in double precision. */
  gradient: 1e-6,
} as const;

/** Whether two numbers agree: equal, or within `relative` of the larger or `absolute` of each other. */
export function close(actual: number, expected: number, relative: number, absolute = relative): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  const difference = Math.abs(actual - expected);
  return difference <= absolute || difference <= relative * Math.max(Math.abs(actual), Math.abs(expected));
}
