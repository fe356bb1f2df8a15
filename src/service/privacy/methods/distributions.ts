/*
 * Standard distributions from a uniform number, with +, −, ×, ÷ and square root alone: these give the same bits on
 * every machine, which `Math.log` need not. What is released under a key must come out the same in ten years.
 */

/** Of scale 1: ln(2u) below the middle, −ln(2(1−u)) above. */
export function standardLaplace(u: number): number {
  return u < 0.5 ? naturalLogarithm(2 * u) : -naturalLogarithm(2 * (1 - u));
}

/** Of standard deviation 1: Φ⁻¹(u) by AS 241, PPND16 (Wichura 1988, Applied Statistics 37), to about 1 part in 10¹⁶. */
export function standardNormal(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(middleAbove, r)) / polynomial(middleBelow, r);
  }
  const r = Math.sqrt(-naturalLogarithm(q < 0 ? u : 1 - u));
  const magnitude =
    r <= 5
      ? polynomial(tailAbove, r - 1.6) / polynomial(tailBelow, r - 1.6)
      : polynomial(farAbove, r - 5) / polynomial(farBelow, r - 5);
  return q < 0 ? -magnitude : magnitude;
}

// Each constant as the nearest double.
const middleAbove = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const middleBelow = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const tailAbove = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const tailBelow = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const farAbove = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const farBelow = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
];

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let index = 0; index < coefficients.length; index += 1) {
    sum = sum * x + coefficients[index]!;
  }
  return sum;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** ln 2 in two parts; multiples of the first are exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/**
 * ln x of a normal positive number: x = 2^e·m with m near 1, and ln m = 2 artanh((m − 1)/(m + 1)) by its series, whose
 * terms beyond the eleventh are below the last bit.
 */
export function naturalLogarithm(x: number): number {
  double[0] = x;
  let exponent = (words[highWord]! >>> 20) - 1023;
  words[highWord] = (words[highWord]! & 0xfffff) | 0x3ff00000;
  let mantissa = double[0];
  if (mantissa > Math.SQRT2) {
    mantissa *= 0.5;
    exponent += 1;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  const s = t * t;
  const rest =
    s *
    (1 / 3 +
      s *
        (1 / 5 +
          s *
            (1 / 7 +
              s *
                (1 / 9 +
                  s * (1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21))))))))));
  return exponent * ln2High + (2 * t + (2 * t * rest + exponent * ln2Low));
}
