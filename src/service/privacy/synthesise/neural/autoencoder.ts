import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '../../statistics/random.ts';
import { writeRow } from './encoding.ts';
import {
  backward,
  type Dense,
  denseLayers,
  forward,
  layerGradients,
  perceptron,
  perceptronBackward,
  rectifyBackward,
  valuesOf,
} from './layers.ts';
import { constant, denseParameters, normals, type Parameter } from './parameters.ts';
import { reconstruct } from './reconstruct.ts';
import type { TensorFlow } from './tensors.ts';
import type { Lesson } from './training.ts';

/** How many numbers, normal ones when drawing, a row is made from. */
export const latents = 128;
const units = 128;
/** How much being like the row counts beside being drawn from a simple distribution. */
const likeness = 2;
const deviationAtFirst = 0.1;

/** What a variational autoencoder learns. */
export interface Autoencoder {
  /** Two layers, then the one of the means and the one of the logarithms of the variances. */
  readonly encoder: readonly Parameter[];
  readonly decoder: readonly Parameter[];
  readonly deviations: Parameter;
}

export function startingAutoencoder({ encoding, random }: Pick<Lesson, 'encoding' | 'random'>): Autoencoder {
  const { width, spans } = encoding;
  const encoder = random.fork('encoder');
  const decoder = random.fork('decoder');
  return {
    encoder: [
      ...denseParameters(width, units, encoder),
      ...denseParameters(units, units, encoder),
      ...denseParameters(units, latents, encoder),
      ...denseParameters(units, latents, encoder),
    ],
    decoder: [
      ...denseParameters(latents, units, decoder),
      ...denseParameters(units, units, decoder),
      ...denseParameters(units, width, decoder),
    ],
    deviations: constant(spans.length, deviationAtFirst),
  };
}

/** The losses of one batch, and how their sum changes with every parameter. */
export function learn(
  tf: TensorFlow,
  { encoding, rows }: Pick<Lesson, 'encoding' | 'rows'>,
  { encoder, decoder, deviations }: Autoencoder,
  numbers: Int32Array,
  noise: Random,
) {
  const size = numbers.length;
  const input = new Float32Array(size * encoding.width);
  numbers.forEach((row, index) => {
    writeRow(encoding, rows, row, input, index * encoding.width);
  });
  const [first, second, toMean, toLogVariance] = denseLayers(tf, encoder) as [Dense, Dense, Dense, Dense];
  const seen = tf.tensor2d(input, [size, encoding.width]);
  const hidden1 = tf.relu(forward(tf, seen, first));
  const hidden2 = tf.relu(forward(tf, hidden1, second));
  const mean = forward(tf, hidden2, toMean);
  const logVariance = forward(tf, hidden2, toLogVariance);
  const deviation = tf.exp(tf.mul(logVariance, 0.5)) as Tensor2D;
  const stray = tf.mul(tf.tensor2d(normals(size * latents, noise), [size, latents]), deviation);
  const decoderLayers = denseLayers(tf, decoder);
  const activations = perceptron(tf, tf.add(mean, stray), decoderLayers);
  const outputs = activations.at(-1)!.dataSync<'float32'>();
  const unlike = reconstruct(encoding, rows, numbers, outputs, deviations.values, likeness);
  // Kingma and Welling, appendix B.
  const excess = tf.sub(tf.square(deviation), 1) as Tensor2D;
  const terms = tf.sub(tf.add(tf.square(mean), excess), logVariance);
  const divergence = tf.mul(tf.sum(terms), 0.5 / size).dataSync()[0]!;

  const change = tf.tensor2d(unlike.byOutput, [size, encoding.width]);
  const decoded = perceptronBackward(tf, activations, decoderLayers, change);
  const byLatent = backward(tf, decoderLayers[0]!, decoded.first);
  const byMean = tf.add(byLatent, tf.mul(mean, 1 / size)) as Tensor2D;
  const byLogVariance = tf.add(tf.mul(tf.mul(byLatent, stray), 0.5), tf.mul(excess, 0.5 / size)) as Tensor2D;
  const by2 = rectifyBackward(
    tf,
    hidden2,
    tf.add(backward(tf, toMean, byMean), backward(tf, toLogVariance, byLogVariance)),
  );
  const by1 = rectifyBackward(tf, hidden1, backward(tf, second, by2));
  const gradients = valuesOf([
    ...layerGradients(tf, seen, by1),
    ...layerGradients(tf, hidden1, by2),
    ...layerGradients(tf, hidden2, byMean),
    ...layerGradients(tf, hidden2, byLogVariance),
    ...decoded.gradients,
  ]);
  return {
    losses: { loss: likeness * unlike.loss + divergence, reconstruction: unlike.loss, divergence },
    gradients: [...gradients, unlike.byDeviation],
  };
}
