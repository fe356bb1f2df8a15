import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { EncodedTable } from '../../../data/encodedTable.ts';
import type { Random } from '../../statistics/random.ts';
import type { Estimate, FitOptions, SampleOptions, Synthesiser, TableSize } from '../synthesiser.ts';
import { drawTable, type NetworkModel } from './draw.ts';
import { writeRow } from './encoding.ts';
import { estimateNetwork } from './estimate.ts';
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
import { Adam, constant, denseParameters, normals, type Parameter } from './parameters.ts';
import { reconstruct } from './reconstruct.ts';
import { freeing, loadTensors, type TensorFlow } from './tensors.ts';
import { batchSize, type Lesson, prepareLesson, runEpochs } from './training.ts';

/** What a variational autoencoder has learned of a table. Only the decoder is needed to draw. */
export interface TvaeModel extends NetworkModel {
  /** Weights and bias, layer by layer. */
  readonly decoder: readonly Parameter[];
}

/**
 * A variational autoencoder of tables (TVAE in L. Xu et al., "Modeling Tabular Data using Conditional GAN", 2019;
 * D. Kingma, M. Welling, "Auto-Encoding Variational Bayes", 2014).
 *
 * Throws `privacy.tooFewRows`, `privacy.tooWide` and the errors of constraints and conditions.
 */
export const tvae = { method: 'tvae', estimate, fit, sample } satisfies Synthesiser<TvaeModel>;

const usualEpochs = 50;
const units = 128;
const latents = 128;
/** How much being like the row counts beside being drawn from a simple distribution. */
const likeness = 2;
const optimiser = { rate: 1e-3, beta1: 0.9, beta2: 0.999, decay: 1e-5 };
const deviationAtFirst = 0.1;
const leastDeviation = 0.01;

async function fit(table: EncodedTable, options: FitOptions): Promise<TvaeModel> {
  const { tf } = await loadTensors();
  const lesson = prepareLesson(table, options);
  const { reshaping, encoding, rows, random } = lesson;
  const parameters = startingParameters(lesson);
  const { encoder, decoder, deviations } = parameters;
  const adam = new Adam([...encoder, ...decoder, deviations], optimiser);
  const order = random.fork('order');
  const noise = random.fork('noise');
  const size = Math.min(batchSize, rows.rowCount);
  let permutation: Int32Array = new Int32Array();
  runEpochs(options.epochs ?? usualEpochs, Math.floor(rows.rowCount / size), options, (batch) => {
    permutation = batch === 0 ? order.permutation(rows.rowCount) : permutation;
    const numbers = permutation.subarray(batch * size, (batch + 1) * size);
    const { losses, gradients } = freeing(tf, () => learn(tf, lesson, parameters, numbers, noise));
    adam.step(gradients);
    deviations.values.forEach((deviation, span) => {
      deviations.values[span] = Math.min(Math.max(deviation, leastDeviation), 1);
    });
    return losses;
  });
  return { reshaping, encoding, decoder, deviations: deviations.values };
}

async function sample(model: TvaeModel, count: number, options: SampleOptions): Promise<EncodedTable> {
  const { tf } = await loadTensors();
  return drawTable(model, count, options, (rows, random) =>
    freeing(tf, () => {
      const latent = tf.tensor2d(normals(rows * latents, random), [rows, latents]);
      return perceptron(tf, latent, denseLayers(tf, model.decoder)).at(-1)!.dataSync<'float32'>();
    }),
  );
}

function estimate(size: TableSize): Promise<Estimate> {
  return estimateNetwork(size, size.epochs ?? usualEpochs, { fit });
}

interface Parameters {
  /** Two layers, then the one of the means and the one of the logarithms of the variances. */
  readonly encoder: readonly Parameter[];
  readonly decoder: readonly Parameter[];
  readonly deviations: Parameter;
}

function startingParameters({ encoding, random }: Lesson): Parameters {
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
function learn(
  tf: TensorFlow,
  { encoding, rows }: Lesson,
  { encoder, decoder, deviations }: Parameters,
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
