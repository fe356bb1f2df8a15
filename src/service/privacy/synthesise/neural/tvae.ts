import type { EncodedTable } from '../../../data/encodedTable.ts';
import type { Estimate, FitOptions, SampleOptions, Synthesiser, TableSize } from '../synthesiser.ts';
import { latents, learn, startingAutoencoder } from './autoencoder.ts';
import { drawTable, type NetworkModel } from './draw.ts';
import { estimateNetwork } from './estimate.ts';
import { denseLayers, perceptron } from './layers.ts';
import { Adam, normals, type Parameter } from './parameters.ts';
import { freeing, loadTensors } from './tensors.ts';
import { type Batches, batchesOf, prepareLesson, runEpochs } from './training.ts';

/** What a variational autoencoder has learned of a table. Only the decoder is needed to draw. */
export interface TvaeModel extends NetworkModel {
  /** Weights and bias, layer by layer. */
  readonly decoder: readonly Parameter[];
}

/**
 * A variational autoencoder of tables (TVAE in L. Xu et al., "Modeling Tabular Data using Conditional GAN", 2019;
 * D. Kingma, M. Welling, "Auto-Encoding Variational Bayes", 2014).
 *
 * Throws `privacy.tooFewRows`, `privacy.tooWide`, `privacy.diverged` and the errors of constraints and conditions.
 */
export const tvae = { method: 'tvae', estimate, fit, sample } satisfies Synthesiser<TvaeModel>;

/** The layers of a wider network would take gigabytes. */
const mostPlaces = 20_000;
const usualEpochs = 50;
const largestBatch = 500;
const optimiser = { rate: 1e-3, beta1: 0.9, beta2: 0.999, decay: 1e-5 };
const leastDeviation = 0.01;

async function fit(
  table: EncodedTable,
  options: FitOptions,
  { size, steps }: Batches = batchesOf(table.rowCount, largestBatch),
): Promise<TvaeModel> {
  const { tf } = await loadTensors();
  const lesson = prepareLesson(table, options, mostPlaces);
  const { reshaping, encoding, rows, random } = lesson;
  const learned = startingAutoencoder(lesson);
  const { encoder, decoder, deviations } = learned;
  const adam = new Adam([...encoder, ...decoder, deviations], optimiser);
  const order = random.fork('order');
  const noise = random.fork('noise');
  let permutation: Int32Array = new Int32Array();
  runEpochs(options.epochs ?? usualEpochs, steps, options, (batch) => {
    permutation = batch === 0 ? order.permutation(rows.rowCount) : permutation;
    const numbers = permutation.subarray(batch * size, (batch + 1) * size);
    const { losses, gradients } = freeing(tf, () => learn(tf, lesson, learned, numbers, noise));
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
  return estimateNetwork(size, size.epochs ?? usualEpochs, batchesOf(size.rowCount, largestBatch), fit);
}
