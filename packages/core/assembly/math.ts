/**
 * exp, log and their relatives for vectors, made of + − × ÷, rounding and bit operations alone, so that every
 * engine gives the same bits. `src/kernels/elementary.ts` holds the same algorithms for one double, operation for
 * operation.
 *
 *   exp x = 2^n · e^r,  n = the integer nearest to x / ln 2,  r = x − n ln 2 in two steps,
 *           e^r = 1 + (r + r² q(r))
 *   log x = e ln 2 + log(1 + f),  x = 2^e (1 + f) with 1 + f in [√½, √2),
 *           log(1 + f) = f − (f²/2 − s (f²/2 + z l(z))),  s = f / (2 + f),  z = s²
 *
 * q and l are interpolated at Chebyshev nodes of the intervals in which r and z lie: relative errors below
 * 2e-19 and 5e-18 in double precision, 2e-10 and 3e-9 in single, so that rounding is what remains: at most
 * 1 unit in the last place for exp and log (tested). Subnormal results and arguments are exact to that.
 * The form of log, which keeps f exact, is that of FDLIBM (Sun Microsystems, 1993); coefficients are our own.
 */

/** e^x; 0 below the smallest subnormal, Infinity above the largest number, NaN for NaN. */
export function exp<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? expSingle(x) : expDouble(x);
}

/** ln x; −Infinity at 0, NaN below and for NaN. */
export function log<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? logSingle(x) : logDouble(x);
}

@inline
function mul4(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
@inline
function horner4(p: v128, x: v128, c: f32): v128 { return f32x4.add(f32x4.mul(p, x), f32x4.splat(c)); }
@inline
function mul2(a: v128, b: v128): v128 { return f64x2.mul(a, b); }
@inline
function horner2(p: v128, x: v128, c: f64): v128 { return f64x2.add(f64x2.mul(p, x), f64x2.splat(c)); }

@inline
function expSingle(argument: v128): v128 {
  // In this order of operands a NaN survives both. Beyond these bounds the result is 0 or Infinity anyway.
  const x = f32x4.pmax(f32x4.pmin(argument, f32x4.splat(89)), f32x4.splat(-105));
  const n = f32x4.nearest(mul4(x, f32x4.splat(1.44269504088896340736)));
  let r = f32x4.sub(x, mul4(n, f32x4.splat(0.693115234375)));
  r = f32x4.sub(r, mul4(n, f32x4.splat(0.000031946184945309417232)));
  let q = f32x4.splat(0.00019890990824673653848);
  q = horner4(q, r, 0.001393364999630925043);
  q = horner4(q, r, 0.0083333109254809008349);
  q = horner4(q, r, 0.041666464925285905408);
  q = horner4(q, r, 0.16666666681623231402);
  q = horner4(q, r, 0.50000000134658092001);
  const e = f32x4.add(f32x4.splat(1), f32x4.add(r, mul4(mul4(r, r), q)));
  // 2^n in two halves, so that subnormal results round once and large ones do not overflow too early.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const rest = i32x4.sub(whole, half);
  const bias = i32x4.splat(127);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(rest, bias), 23);
  return mul4(mul4(e, first), second);
}

@inline
function expDouble(argument: v128): v128 {
  const x = f64x2.pmax(f64x2.pmin(argument, f64x2.splat(710)), f64x2.splat(-746));
  const n = f64x2.nearest(mul2(x, f64x2.splat(1.44269504088896340736)));
  let r = f64x2.sub(x, mul2(n, f64x2.splat(0.69314718036912381649)));
  r = f64x2.sub(r, mul2(n, f64x2.splat(1.9082149292705878161e-10)));
  let q = f64x2.splat(2.0914686968086877233e-9);
  q = horner2(q, r, 2.5105217004720745164e-8);
  q = horner2(q, r, 2.7557273643110295328e-7);
  q = horner2(q, r, 2.755725540020642443e-6);
  q = horner2(q, r, 0.000024801587325547741216);
  q = horner2(q, r, 0.00019841269874820625271);
  q = horner2(q, r, 0.0013888888888883748305);
  q = horner2(q, r, 0.0083333333333261351258);
  q = horner2(q, r, 0.041666666666666669755);
  q = horner2(q, r, 0.16666666666666670991);
  q = horner2(q, r, 0.5);
  const e = f64x2.add(f64x2.splat(1), f64x2.add(r, mul2(mul2(r, r), q)));
  const whole = i32x4.trunc_sat_f64x2_s_zero(n);
  const half = i32x4.shr_s(whole, 1);
  const rest = i32x4.sub(whole, half);
  const bias = i64x2.splat(1023);
  const first = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(half), bias), 52);
  const second = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(rest), bias), 52);
  return mul2(mul2(e, first), second);
}

@inline
function logSingle(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const normal = v128.bitselect(mul4(x, f32x4.splat(8388608)), x, tiny);
  // Subtracting the bits of √½ makes the exponent of √½ ... √2 the same.
  const shifted = i32x4.sub(normal, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(shifted, 23);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const lifted = v128.and(tiny, f32x4.splat(23));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), lifted);
  const s = f32x4.div(f, f32x4.add(f32x4.splat(2), f));
  const z = mul4(s, s);
  let l = f32x4.splat(0.29580053043188442144);
  l = horner4(l, z, 0.39988778282162807727);
  l = horner4(l, z, 0.66666685045156029067);
  const halfSquare = mul4(mul4(f32x4.splat(0.5), f), f);
  let low = f32x4.add(halfSquare, mul4(z, l));
  low = f32x4.add(mul4(s, low), mul4(e, f32x4.splat(0.000031946184945309417232)));
  low = f32x4.sub(f, f32x4.sub(halfSquare, low));
  const value = f32x4.add(mul4(e, f32x4.splat(0.693115234375)), low);
  return logSpecial<f32>(x, value);
}

@inline
function logDouble(x: v128): v128 {
  const tiny = f64x2.lt(x, f64x2.splat(2.2250738585072014e-308));
  const normal = v128.bitselect(mul2(x, f64x2.splat(18014398509481984)), x, tiny);
  const shifted = i64x2.sub(normal, i64x2.splat(0x3fe6a09e667f3bcd));
  const exponent = i64x2.shr_s(shifted, 52);
  const f = f64x2.sub(i64x2.sub(normal, i64x2.shl(exponent, 52)), f64x2.splat(1));
  const lifted = v128.and(tiny, f64x2.splat(54));
  const narrow = v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2);
  const e = f64x2.sub(f64x2.convert_low_i32x4_s(narrow), lifted);
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = mul2(s, s);
  let l = f64x2.splat(0.14616585424888621989);
  l = horner2(l, z, 0.15331710618210771568);
  l = horner2(l, z, 0.18182889455674946039);
  l = horner2(l, z, 0.22222211130259877029);
  l = horner2(l, z, 0.28571428626003268742);
  l = horner2(l, z, 0.39999999999899443233);
  l = horner2(l, z, 0.66666666666666696883);
  const halfSquare = mul2(mul2(f64x2.splat(0.5), f), f);
  let low = f64x2.add(halfSquare, mul2(z, l));
  low = f64x2.add(mul2(s, low), mul2(e, f64x2.splat(1.9082149292705878161e-10)));
  low = f64x2.sub(f, f64x2.sub(halfSquare, low));
  const value = f64x2.add(mul2(e, f64x2.splat(0.69314718036912381649)), low);
  return logSpecial<f64>(x, value);
}

/** Infinity and NaN stay, 0 gives −Infinity, what is below gives NaN. */
@inline
function logSpecial<T>(x: v128, value: v128): v128 {
  const infinity = v128.splat<T>(<T>Infinity);
  const zero = v128.splat<T>(0);
  let result = v128.bitselect(v128.neg<T>(infinity), value, v128.eq<T>(x, zero));
  result = v128.bitselect(v128.splat<T>(<T>NaN), result, v128.lt<T>(x, zero));
  // A comparison with NaN is false, so ">= −Infinity and not infinite" means ordinary or negative.
  const ordinary = v128.lt<T>(x, infinity);
  return v128.bitselect(result, x, ordinary);
}

/** 1 / (1 + e^−x), from e^−|x| so that nothing overflows: e / (1 + e) below 0 keeps its digits. */
export function sigmoid<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const e = exp<T>(v128.neg<T>(v128.abs<T>(x)));
  const above = v128.ge<T>(x, v128.splat<T>(0));
  return v128.div<T>(v128.bitselect(one, e, above), v128.add<T>(one, e));
}

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|), where log1p(e) = log u − ((u − 1) − e) / u with u = 1 + e. */
export function softplus<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const e = exp<T>(v128.neg<T>(v128.abs<T>(x)));
  const u = v128.add<T>(one, e);
  const lost = v128.sub<T>(v128.sub<T>(u, one), e);
  const log1p = v128.sub<T>(log<T>(u), v128.div<T>(lost, u));
  return v128.add<T>(v128.pmax<T>(x, v128.splat<T>(0)), log1p);
}

/**
 * tanh x = ± (1 − e) / (1 + e) with e = exp(−2|x|) from ½ on; below, where that cancels, x N(x²) / D(x²), which is
 * J. H. Lambert's continued fraction to eight levels. One division serves both.
 */
export function tanh<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const size = v128.abs<T>(x);
  const e = exp<T>(v128.mul<T>(v128.splat<T>(-2), size));
  const z = v128.mul<T>(x, x);
  let n = v128.add<T>(v128.mul<T>(v128.splat<T>(36), z), v128.splat<T>(6930));
  n = v128.add<T>(v128.mul<T>(n, z), v128.splat<T>(270270));
  n = v128.add<T>(v128.mul<T>(n, z), v128.splat<T>(2027025));
  let d = v128.add<T>(z, v128.splat<T>(630));
  d = v128.add<T>(v128.mul<T>(d, z), v128.splat<T>(51975));
  d = v128.add<T>(v128.mul<T>(d, z), v128.splat<T>(945945));
  d = v128.add<T>(v128.mul<T>(d, z), v128.splat<T>(2027025));
  const small = v128.lt<T>(size, v128.splat<T>(<T>0.5));
  const sign = v128.and(v128.lt<T>(x, v128.splat<T>(0)), v128.splat<T>(<T>-0.0));
  const above = v128.xor(v128.sub<T>(one, e), sign);
  const top = v128.bitselect(v128.mul<T>(x, n), above, small);
  return v128.div<T>(top, v128.bitselect(d, v128.add<T>(one, e), small));
}

/** The sigmoid in x · sigmoid(2√(2/π)(x + 0.044715 x³)), the tanh form of GELU. */
@inline
function geluGate<T>(x: v128): v128 {
  const cube = v128.mul<T>(v128.mul<T>(v128.mul<T>(v128.splat<T>(<T>0.044715), x), x), x);
  return sigmoid<T>(v128.mul<T>(v128.splat<T>(<T>1.5957691216057308), v128.add<T>(x, cube)));
}

/** The Gaussian error linear unit; 0 where the gate is shut, at −Infinity too. */
export function gelu<T>(x: v128): v128 {
  const s = geluGate<T>(x);
  return v128.andnot(v128.mul<T>(x, s), v128.eq<T>(s, v128.splat<T>(0)));
}

/** Its slope, s + x s (1 − s) u′ with s = sigmoid(u): s where that is flat. */
export function geluSlope<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const s = geluGate<T>(x);
  const open = v128.mul<T>(s, v128.sub<T>(one, s));
  const square = v128.mul<T>(v128.mul<T>(v128.splat<T>(<T>0.134145), x), x);
  const inner = v128.mul<T>(v128.splat<T>(<T>1.5957691216057308), v128.add<T>(one, square));
  const bend = v128.mul<T>(v128.mul<T>(x, open), inner);
  return v128.add<T>(s, v128.andnot(bend, v128.eq<T>(open, v128.splat<T>(0))));
}
