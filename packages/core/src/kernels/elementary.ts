/**
 * exp, log and their relatives of one double, made of + − × ÷, rounding and bit operations alone, so that every engine
 * gives the same bits (`Math.exp` and `Math.log` may differ between engines). The algorithms are those of
 * `assembly/math.ts`, operation for operation, and give the same bits as the compiled double-precision kernels:
 *
 *   exp x = 2^n · e^r,  n = the integer nearest to x / ln 2,  r = x − n ln 2,  e^r = 1 + (r + r² q(r))
 *   log x = e ln 2 + log(1 + f),  x = 2^e (1 + f),  1 + f in [√½, √2),
 *           log(1 + f) = f − (f²/2 − s (f²/2 + z l(z))),  s = f / (2 + f),  z = s²
 *
 *   tanh x = ± (1 − e) / (1 + e),  e = exp(−2|x|),    for |x| ≥ ½
 *   tanh x = x N(x²) / D(x²)                           below, where 1 − e would cancel
 *
 * with polynomials q and l interpolated at Chebyshev nodes; exp and log are within 1 unit in the last place. N / D is
 * J. H. Lambert's continued fraction (1761), 1 / (1 + z/(3 + z/(5 + … z/15))), as one division: exact to the last bit
 * for z ≤ ¼. tanh is within 3 units.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TINY = 2.2250738585072014e-308;
/** Adding and subtracting it rounds to an integer, halves to even. */
const ROUNDER = 6755399441055744;

/** 2^n for n from −540 to 540. */
const LOWEST_POWER = -540;
const powers = /* @__PURE__ */ powersOfTwo();

/** e^x; 0 below the smallest subnormal, Infinity above the largest number, NaN for NaN. */
export function exp(argument: number): number {
  const x = Math.max(-746, Math.min(710, argument));
  const n = x * Math.LOG2E + ROUNDER - ROUNDER;
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let q = 2.0914686968086876e-9;
  q = q * r + 2.5105217004720745e-8;
  q = q * r + 2.75572736431103e-7;
  q = q * r + 2.7557255400206422e-6;
  q = q * r + 2.4801587325547743e-5;
  q = q * r + 0.00019841269874820627;
  q = q * r + 0.0013888888888883748;
  q = q * r + 0.008333333333326136;
  q = q * r + 0.04166666666666667;
  q = q * r + 0.1666666666666667;
  q = q * r + 0.5;
  const e = 1 + (r + r * r * q);
  // In two halves, so that subnormal results round once and large ones do not overflow too early.
  const half = n >> 1;
  const scaled = e * powers[half - LOWEST_POWER] * powers[(n | 0) - half - LOWEST_POWER];
  return Number.isNaN(x) ? x : scaled;
}

/** ln x; −Infinity at 0, NaN below and for NaN. */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return special(x);
  const tiny = x < TINY;
  view.setFloat64(0, tiny ? x * 2 ** 54 : x);
  const high = view.getInt32(0);
  let exponent = (high >> 20) - 1023;
  view.setInt32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = view.getFloat64(0);
  if (mantissa >= Math.SQRT2) {
    mantissa *= 0.5;
    exponent++;
  }
  const e = exponent - (tiny ? 54 : 0);
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  let l = 0.14616585424888623;
  l = l * z + 0.15331710618210773;
  l = l * z + 0.18182889455674947;
  l = l * z + 0.22222211130259878;
  l = l * z + 0.2857142862600327;
  l = l * z + 0.39999999999899444;
  l = l * z + 0.666666666666667;
  const halfSquare = 0.5 * f * f;
  const low = s * (halfSquare + z * l) + e * LN2_LOW;
  return e * LN2_HIGH + (f - (halfSquare - low));
}

/** 1 / (1 + e^−x), from e^−|x|, so that nothing overflows and digits below 0 are kept. */
export function logistic(x: number): number {
  const e = exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** log(1 + e^x) = max(x, 0) + log1p(e), e = e^−|x|, where log1p(e) = log u − ((u − 1) − e) / u, u = 1 + e. */
export function softplusOf(x: number): number {
  const e = exp(-Math.abs(x));
  const u = 1 + e;
  const log1p = log(u) - (u - 1 - e) / u;
  return Math.max(x, 0) + log1p;
}

/** tanh x, in [−1, 1]; NaN for NaN. */
export function tanhOf(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) {
    const z = x * x;
    const n = ((36 * z + 6930) * z + 270270) * z + 2027025;
    const d = (((z + 630) * z + 51975) * z + 945945) * z + 2027025;
    return (x * n) / d;
  }
  const e = exp(-2 * size);
  const y = (1 - e) / (1 + e);
  return x < 0 ? -y : y;
}

/** 2√(2/π), and the factor of the cube in GELU. */
const GELU_SCALE = 1.5957691216057308;
const GELU_CUBE = 0.044715;
const GELU_CUBE_SLOPE = 0.134145;

/** What GELU takes the sigmoid of. */
function geluGate(x: number): number {
  return GELU_SCALE * (x + GELU_CUBE * x * x * x);
}

/**
 * The Gaussian error linear unit in its tanh form (D. Hendrycks, K. Gimpel, arXiv 1606.08415, section 2), where
 * ½(1 + tanh u) is sigmoid(2u): x · sigmoid(2√(2/π)(x + 0.044715 x³)); 0 at −Infinity.
 */
export function gelu(x: number): number {
  const s = logistic(geluGate(x));
  return s === 0 ? 0 : x * s;
}

/** gelu′ x = s + x s (1 − s) u′, with s the sigmoid of u = 2√(2/π)(x + 0.044715 x³): s itself where that is flat. */
export function geluSlope(x: number): number {
  const s = logistic(geluGate(x));
  const open = s * (1 - s);
  return open === 0 ? s : s + x * open * (GELU_SCALE * (1 + GELU_CUBE_SLOPE * x * x));
}

/** The larger of a number and 0; NaN for NaN, because a diverged network must not look sound. */
export function relu(x: number): number {
  return Math.max(x, 0);
}

const view = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

function special(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x < 0 ? Number.NaN : x;
}

function powersOfTwo(): Float64Array {
  const table = new Float64Array(1 - 2 * LOWEST_POWER);
  table[-LOWEST_POWER] = 1;
  for (let i = 1; i <= -LOWEST_POWER; i++) {
    table[-LOWEST_POWER + i] = table[-LOWEST_POWER + i - 1] * 2;
    table[-LOWEST_POWER - i] = table[-LOWEST_POWER - i + 1] / 2;
  }
  return table;
}
