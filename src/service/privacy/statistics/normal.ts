/** Φ(x), to 15 decimals, and to 8 digits in the far tails: Hart's rational approximation as in G. West, "Better approximations to cumulative normal functions" (2005). */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  if (size > 37) {
    return x > 0 ? 1 : 0;
  }
  const tail = size < 7.07106781186547 ? hart(size) : continuedFraction(size);
  const above = Math.exp((-size * size) / 2) * tail;
  return x > 0 ? 1 - above : above;
}

/** The density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

function hart(x: number): number {
  let top = 3.52624965998911e-2 * x + 0.700383064443688;
  top = top * x + 6.37396220353165;
  top = top * x + 33.912866078383;
  top = top * x + 112.079291497871;
  top = top * x + 221.213596169931;
  top = top * x + 220.206867912376;
  let bottom = 8.83883476483184e-2 * x + 1.75566716318264;
  bottom = bottom * x + 16.064177579207;
  bottom = bottom * x + 86.7807322029461;
  bottom = bottom * x + 296.564248779674;
  bottom = bottom * x + 637.333633378831;
  bottom = bottom * x + 793.826512519948;
  bottom = bottom * x + 440.413735824752;
  return top / bottom;
}

function continuedFraction(x: number): number {
  return 1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / Math.sqrt(2 * Math.PI);
}
