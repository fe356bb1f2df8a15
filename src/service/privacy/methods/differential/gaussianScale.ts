/**
 * The least σ with which Gaussian noise on a result of the given sensitivity is (ε, δ)-differentially private: solves
 * Φ(Δ/2σ − εσ/Δ) − e^ε·Φ(−Δ/2σ − εσ/Δ) = δ by bisection (Balle and Wang 2018; reference 2.11). The rule of thumb
 * Δ·√(2 ln(1.25/δ))/ε holds below ε = 1 only, and is wider than needed there.
 *
 * The bounds that are computed here are a calibration, not a draw: a relative 10⁻¹² is added to stay on the safe side.
 */
export function gaussianScale(epsilon: number, delta: number, sensitivity: number): number {
  // e^710 is no double; noise that is enough for 700 is enough for any larger ε.
  const bounded = Math.min(epsilon, 700);
  const spent = (sigma: number) => {
    const near = sensitivity / (2 * sigma);
    const far = (bounded * sigma) / sensitivity;
    return normalCumulative(near - far) - Math.exp(bounded) * normalCumulative(-near - far);
  };
  let high = sensitivity;
  while (spent(high) > delta) {
    high *= 2;
  }
  let low = 0;
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (spent(middle) > delta) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high * (1 + 1e-12);
}

/** From here on the whole numbers lie so close that discrete and continuous noise differ by less than 10⁻⁸⁰. */
const wideEnough = 10;

/**
 * The same for discrete Gaussian noise on a whole number, with σ as a count of `1/denominator`: where σ is small, the
 * discrete distribution may tell a little more than the continuous one, so its own δ is summed up (Canonne, Kamath and
 * Steinke 2020, theorem 7) and σ widened until it is small enough.
 */
export function discreteGaussianScale(
  epsilon: number,
  delta: number,
  sensitivity: number,
  denominator: number,
): number {
  let units = Math.ceil(gaussianScale(epsilon, delta, sensitivity) * denominator);
  while (
    units < wideEnough * denominator &&
    discreteDelta(epsilon, units / denominator, sensitivity) > delta * (1 - 1e-12)
  ) {
    units += Math.max(1, Math.floor(units / 200));
  }
  return units;
}

/** δ of discrete Gaussian noise: the sum of max(0, p(z) − e^ε·p(z − Δ)) over all whole z. */
export function discreteDelta(epsilon: number, sigma: number, sensitivity: number): number {
  const reach = Math.ceil(40 * sigma) + sensitivity;
  const weight = (z: number) => Math.exp(-(z * z) / (2 * sigma * sigma));
  let total = 0;
  let excess = 0;
  for (let z = -reach; z <= reach; z += 1) {
    total += weight(z);
    excess += Math.max(0, weight(z) - Math.exp(epsilon) * weight(z - sensitivity));
  }
  return excess / total;
}

/** Φ to about 1 part in 10¹⁴: its series near the middle, a continued fraction in the tails. */
export function normalCumulative(x: number): number {
  const size = Math.abs(x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
      term *= (x * x) / n;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = size;
  for (let n = 200; n >= 1; n -= 1) {
    fraction = size + n / fraction;
  }
  return x < 0 ? density / fraction : 1 - density / fraction;
}
