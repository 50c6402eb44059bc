// `mnist` brings no types. Its `get` and `range` read past their arrays, so only the plain data are declared.
declare module "mnist" {
  interface Digit {
    /** Images of 28 × 28 pixels in [0, 1], one after another. */
    readonly raw: readonly number[];
    /** How many images. */
    readonly length: number;
  }
  /** By digit, 0 to 9. */
  const digits: readonly Digit[];
  export default digits;
}
