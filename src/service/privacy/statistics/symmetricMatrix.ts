/** Symmetric matrices of `size` × `size`, row by row. */

/** The lower triangle L with L·Lᵀ = the matrix, or undefined when it is not positive definite. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = matrix[row * size + column]!;
      for (let before = 0; before < column; before += 1) {
        rest -= lower[row * size + before]! * lower[column * size + before]!;
      }
      if (row === column && rest <= 0) {
        return undefined;
      }
      lower[row * size + column] = row === column ? Math.sqrt(rest) : rest / lower[column * size + column]!;
    }
  }
  return lower;
}

/**
 * A correlation matrix near the given one that is positive definite.
 *
 * Small ones lose their negative eigenvalues and get their unit diagonal back (Rebonato and Jäckel, 1999); large ones,
 * for which that takes too long, get a ridge that grows until it is enough.
 */
export function nearestCorrelation(matrix: Float64Array, size: number): Float64Array {
  if (cholesky(matrix, size)) {
    return matrix;
  }
  const clipped = size <= eigenLimit ? withoutNegativeEigenvalues(matrix, size) : matrix;
  for (let ridge = 1e-9; ; ridge *= 10) {
    const tried = clipped.map((value, index) => (index % (size + 1) === 0 ? 1 : value / (1 + ridge)));
    if (cholesky(tried, size)) {
      return tried;
    }
  }
}

const eigenLimit = 200;
const leastEigenvalue = 1e-6;

function withoutNegativeEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { values, vectors } = eigen(matrix, size);
  const result = new Float64Array(size * size);
  for (let each = 0; each < size; each += 1) {
    const value = Math.max(values[each]!, leastEigenvalue);
    for (let row = 0; row < size; row += 1) {
      const scaled = value * vectors[row * size + each]!;
      for (let column = 0; column < size; column += 1) {
        result[row * size + column]! += scaled * vectors[column * size + each]!;
      }
    }
  }
  const scale = Float64Array.from({ length: size }, (_, index) => 1 / Math.sqrt(result[index * (size + 1)]!));
  return result.map((value, index) => value * scale[Math.floor(index / size)]! * scale[index % size]!);
}

/** Eigenvalues and, in columns, eigenvectors, by Jacobi's rotations (Golub and Van Loan, section 8.5). */
export function eigen(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) {
    vectors[index * (size + 1)] = 1;
  }
  for (let sweep = 0; sweep < 30 && offDiagonal(a, size) > 1e-22 * size * size; sweep += 1) {
    for (let p = 0; p < size - 1; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        rotate(a, vectors, size, p, q);
      }
    }
  }
  return { values: Float64Array.from({ length: size }, (_, index) => a[index * (size + 1)]!), vectors };
}

function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q]!;
  if (off === 0) {
    return;
  }
  const ratio = (a[q * size + q]! - a[p * size + p]!) / (2 * off);
  const t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let each = 0; each < size; each += 1) {
    turn(a, each * size + p, each * size + q, c, s);
  }
  for (let each = 0; each < size; each += 1) {
    turn(a, p * size + each, q * size + each, c, s);
    turn(vectors, each * size + p, each * size + q, c, s);
  }
}

function turn(values: Float64Array, first: number, second: number, c: number, s: number): void {
  const x = values[first]!;
  const y = values[second]!;
  values[first] = c * x - s * y;
  values[second] = s * x + c * y;
}

function offDiagonal(a: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) {
      sum += a[row * size + column]! ** 2;
    }
  }
  return sum;
}
