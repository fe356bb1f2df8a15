/**
 * The positions of at most `limit` of `count` ordered points: the first of each of `limit` equal parts, as SQL's
 * NTILE makes them, and the very last one. With a limit of 1 that is the last one alone.
 */
export function evenSample(count: number, limit: number): number[] {
  if (count <= limit) {
    return Array.from({ length: count }, (_, index) => index);
  }
  const small = Math.floor(count / limit);
  const larger = count % limit;
  const firsts = Array.from({ length: limit }, (_, part) => part * small + Math.min(part, larger));
  return [...firsts.slice(0, -1), count - 1];
}
