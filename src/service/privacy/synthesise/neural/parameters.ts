import type { Random } from '../../statistics/random.ts';

/** A tensor that is learned, as plain data. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The weights and the bias of a dense layer, such that each output varies as an input does (Y. LeCun, 1998). */
export function denseParameters(inputs: number, outputs: number, random: Random): [Parameter, Parameter] {
  const bound = 1 / Math.sqrt(inputs);
  const evenly = () => (2 * random.uniform() - 1) * bound;
  return [
    { shape: [inputs, outputs], values: Float32Array.from({ length: inputs * outputs }, evenly) },
    { shape: [outputs], values: Float32Array.from({ length: outputs }, evenly) },
  ];
}

export function constant(size: number, value: number): Parameter {
  return { shape: [size], values: new Float32Array(size).fill(value) };
}

/** Numbers from the standard normal distribution. */
export function normals(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

export interface AdamOptions {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** The share of each parameter that is added to its gradient. */
  readonly decay: number;
}

/** Changes parameters in place by their gradients (D. Kingma, J. Ba, "Adam", 2015, algorithm 1). */
export class Adam {
  readonly #parameters: readonly Parameter[];
  readonly #options: AdamOptions;
  readonly #means: readonly Float32Array[];
  readonly #squares: readonly Float32Array[];
  #steps = 0;

  constructor(parameters: readonly Parameter[], options: AdamOptions) {
    this.#parameters = parameters;
    this.#options = options;
    this.#means = parameters.map(({ values }) => new Float32Array(values.length));
    this.#squares = parameters.map(({ values }) => new Float32Array(values.length));
  }

  step(gradients: readonly Float32Array[]): void {
    const { rate, beta1, beta2, decay } = this.#options;
    this.#steps += 1;
    const meanShare = 1 - beta1 ** this.#steps;
    const squareShare = 1 - beta2 ** this.#steps;
    for (let index = 0; index < this.#parameters.length; index += 1) {
      const { values } = this.#parameters[index]!;
      const gradient = gradients[index]!;
      const means = this.#means[index]!;
      const squares = this.#squares[index]!;
      for (let place = 0; place < values.length; place += 1) {
        const slope = gradient[place]! + decay * values[place]!;
        const mean = beta1 * means[place]! + (1 - beta1) * slope;
        const square = beta2 * squares[place]! + (1 - beta2) * slope * slope;
        means[place] = mean;
        squares[place] = square;
        values[place]! -= (rate * (mean / meanShare)) / (Math.sqrt(square / squareShare) + 1e-8);
      }
    }
  }
}
