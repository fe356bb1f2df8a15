import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '../../statistics/random.ts';
import { backward, layerGradients, rectifyBackward, valuesOf } from './layers.ts';
import { constant, denseParameters, type Parameter } from './parameters.ts';
import type { TensorFlow } from './tensors.ts';

/**
 * The generator of CTGAN (L. Xu et al., 2019, section 4.4): two residual layers, each of which passes its inputs on
 * beside its outputs, with batch normalisation (S. Ioffe, C. Szegedy, 2015), and a last one without.
 */
export interface Generator {
  readonly residuals: readonly Residual[];
  readonly last: Gathering;
  readonly bias: Parameter;
}

interface Residual {
  readonly weights: Gathering;
  readonly scale: Parameter;
  readonly shift: Parameter;
  /** What batches were like on average, to normalise single rows by when drawing. */
  readonly means: Float32Array;
  readonly variances: Float32Array;
}

/** The weights for the generator's inputs and for what each layer so far put out. */
type Gathering = readonly Parameter[];

const residualCount = 2;
/** How much the last batch counts in what batches are like. */
const momentum = 0.1;
const leastVariance = 1e-5;

export function startingGenerator(inputs: number, units: number, outputs: number, random: Random): Generator {
  const sizes = [inputs];
  const residuals = Array.from({ length: residualCount }, () => {
    const weights = gathering(sizes, units, random).weights;
    sizes.push(units);
    const means = new Float32Array(units);
    const variances = new Float32Array(units).fill(1);
    // A layer that is normalised needs no bias: it would be taken off again.
    return { weights, scale: constant(units, 1), shift: constant(units, 0), means, variances };
  });
  const { weights: last, bias } = gathering(sizes, outputs, random);
  return { residuals, last, bias };
}

/** All that is learned, in the order of the gradients. */
export function generatorParameters({ residuals, last, bias }: Generator): Parameter[] {
  return [...residuals.flatMap(({ weights, scale, shift }) => [...weights, scale, shift]), ...last, bias];
}

/** The outputs for rows of inputs, each normalised by what batches were like. */
export function generate(tf: TensorFlow, generator: Generator, inputs: Tensor2D): Tensor2D {
  const gathered = [inputs];
  for (const { weights, scale, shift, means, variances } of generator.residuals) {
    const factors = scale.values.map((factor, unit) => factor / Math.sqrt(variances[unit]! + leastVariance));
    const offsets = shift.values.map((offset, unit) => offset - means[unit]! * factors[unit]!);
    const sums = gather(
      tf,
      gathered,
      weights.map((each) => matrix(tf, each)),
    );
    gathered.push(tf.relu(tf.add(tf.mul(sums, tf.tensor1d(factors)), tf.tensor1d(offsets))));
  }
  const last = generator.last.map((each) => matrix(tf, each));
  return tf.add(gather(tf, gathered, last), tf.tensor1d(generator.bias.values));
}

/** The outputs for a batch, normalised by the batch itself; `backwards` turns their change into gradients. */
export function generateBatch(tf: TensorFlow, generator: Generator, inputs: Tensor2D) {
  const size = inputs.shape[0];
  const gathered = [inputs];
  const layers = generator.residuals.map(({ weights, scale, shift, means, variances }) => {
    const matrices = weights.map((each) => matrix(tf, each));
    const sums = gather(tf, gathered, matrices);
    const mean = tf.mean(sums, 0) as Tensor1D;
    const centred = tf.sub(sums, mean) as Tensor2D;
    const variance = tf.mean(tf.square(centred), 0) as Tensor1D;
    follow(means, mean.dataSync<'float32'>(), 1);
    follow(variances, variance.dataSync<'float32'>(), size / Math.max(1, size - 1));
    const inverse = tf.rsqrt(tf.add(variance, leastVariance)) as Tensor1D;
    const normal = tf.mul(centred, inverse) as Tensor2D;
    const factor = tf.tensor1d(scale.values);
    const result = tf.relu(tf.add(tf.mul(normal, factor), tf.tensor1d(shift.values))) as Tensor2D;
    gathered.push(result);
    return { matrices, normal, result, slope: tf.mul(inverse, factor) as Tensor1D };
  });
  const last = generator.last.map((each) => matrix(tf, each));
  const outputs = tf.add(gather(tf, gathered, last), tf.tensor1d(generator.bias.values)) as Tensor2D;

  const backwards = (change: Tensor2D): Float32Array[] => {
    // How the loss changes with what each layer put out, except with the inputs, which are not learned.
    const changes = last.slice(1).map((weights) => backward(tf, { weights }, change));
    const gradients: Tensor[] = [
      ...gathered.map((part) => layerGradients(tf, part, change)[0]),
      tf.sum(change, 0),
    ];
    for (let index = layers.length - 1; index >= 0; index -= 1) {
      const { matrices, normal, result, slope } = layers[index]!;
      const scaled = rectifyBackward(tf, result, changes[index]!);
      const byScale = tf.sum(tf.mul(scaled, normal), 0) as Tensor1D;
      const byShift = tf.sum(scaled, 0) as Tensor1D;
      // Ioffe and Szegedy, section 3.
      const centred = tf.sub(tf.sub(scaled, tf.div(byShift, size)), tf.mul(normal, tf.div(byScale, size)));
      const sums = tf.mul(centred, slope) as Tensor2D;
      const parts = gathered.slice(0, index + 1);
      gradients.unshift(...parts.map((part) => layerGradients(tf, part, sums)[0]), byScale, byShift);
      for (let before = 0; before < index; before += 1) {
        const more = backward(tf, { weights: matrices[before + 1]! }, sums);
        changes[before] = tf.add(changes[before]!, more);
      }
    }
    return valuesOf(gradients);
  };
  return { outputs, backwards };
}

function gathering(sizes: readonly number[], outputs: number, random: Random) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const [all, bias] = denseParameters(total, outputs, random);
  let from = 0;
  const weights = sizes.map((size): Parameter => {
    from += size;
    return { shape: [size, outputs], values: all.values.slice((from - size) * outputs, from * outputs) };
  });
  return { weights, bias };
}

function gather(tf: TensorFlow, parts: readonly Tensor2D[], weights: readonly Tensor2D[]): Tensor2D {
  const products = parts.map((part, index): Tensor2D => tf.matMul(part, weights[index]!));
  return products.reduce((sum, each): Tensor2D => tf.add(sum, each));
}

function matrix(tf: TensorFlow, { values, shape }: Parameter): Tensor2D {
  return tf.tensor2d(values, shape as [number, number]);
}

function follow(running: Float32Array, batch: Float32Array, factor: number): void {
  for (let unit = 0; unit < running.length; unit += 1) {
    running[unit]! += momentum * (batch[unit]! * factor - running[unit]!);
  }
}
