import type { EncodedTable } from '../../../data/encodedTable.ts';
import type { Random } from '../../statistics/random.ts';
import type { Estimate, FitOptions, SampleOptions, Synthesiser, TableSize } from '../synthesiser.ts';
import {
  type Asked,
  AskedSampler,
  type ConditionSpace,
  conditionSpace,
  RowsByCategory,
} from './conditionalVector.ts';
import { criticGradients, type Lines, scoreOf, startingCritic } from './critic.ts';
import { drawTable, type NetworkModel } from './draw.ts';
import { type Encoding, writeRow } from './encoding.ts';
import { estimateNetwork } from './estimate.ts';
import {
  type Generator,
  generate,
  generateBatch,
  generatorParameters,
  startingGenerator,
} from './generator.ts';
import { Adam, normals } from './parameters.ts';
import type { Restriction } from './restrictions.ts';
import { activate, activationGradients, askedLoss } from './spans.ts';
import { freeing, loadTensors, type TensorFlow } from './tensors.ts';
import { type Batches, batchesOf, prepareLesson, runEpochs } from './training.ts';

/** What a generator has learned of a table. The critic, which saw the real rows, is not kept. */
export interface CtganModel extends NetworkModel {
  readonly generator: Generator;
  readonly space: ConditionSpace;
}

/**
 * A conditional generative adversarial network for tables (L. Xu et al., "Modeling Tabular Data using Conditional
 * GAN", 2019).
 *
 * Throws `privacy.tooFewRows`, `privacy.tooWide`, `privacy.diverged` and the errors of constraints and conditions.
 */
export const ctgan = { method: 'ctgan', estimate, fit, sample } satisfies Synthesiser<CtganModel>;

/** Numbers of an encoded row. The critic has `pac` times `units` weights for each of them. */
const mostPlaces = 4_000;
/*
 * The paper learns for 300 epochs in batches of 500, with 256 units and a rate of 2e-4. Here an epoch costs less and has
 * more and larger steps, and there are fewer epochs: what is learned is not what the paper's settings would learn.
 */
const usualEpochs = 30;
const largestBatch = 200;
const units = 128;
const latents = 128;
/** So many rows the critic sees at a time. */
const pac = 10;
const temperature = 0.2;
const optimiser = { rate: 1e-3, beta1: 0.5, beta2: 0.9, decay: 1e-6 };

async function fit(
  table: EncodedTable,
  options: FitOptions,
  { size, steps }: Batches = batchesOf(table.rowCount, largestBatch, pac),
): Promise<CtganModel> {
  const { tf } = await loadTensors();
  const { reshaping, encoding, rows, random } = prepareLesson(table, options, mostPlaces);
  const space = conditionSpace(encoding, rows);
  const lineWidth = pac * (encoding.width + space.width);
  const generator = startingGenerator(latents + space.width, units, encoding.width, random.fork('generator'));
  const critic = startingCritic(lineWidth, units, random.fork('critic'));
  const generatorAdam = new Adam(generatorParameters(generator), optimiser);
  const criticAdam = new Adam(critic, optimiser);
  const noise = random.fork('noise');
  const choice = random.fork('choice');
  // Rare categories are asked for more often than they occur, and so are learned too.
  const sampler = new AskedSampler(space, (count) => Math.log1p(count));
  const byCategory = new RowsByCategory(space, rows);
  const lines = (values: Float32Array): Lines => ({ values, count: size / pac, width: lineWidth });
  const askAll = () =>
    space.columns.length === 0 ? undefined : Array.from({ length: size }, () => sampler.draw(choice));
  const make = (asked: readonly Asked[] | undefined) => {
    const inputs = tf.tensor2d(inputsOf(size, space, asked, noise), [size, latents + space.width]);
    const { outputs, backwards } = generateBatch(tf, generator, inputs);
    const scores = outputs.dataSync<'float32'>();
    const activated = scores.slice();
    activate(encoding, activated, temperature, () => noise.uniform());
    return { scores, activated, backwards, made: lines(withAsked(encoding, space, activated, asked)) };
  };

  const teachCritic = (): number => {
    const asked = askAll();
    const { made } = make(asked);
    // The same conditions in another order, so that real and made lines have as many of each.
    const order = asked && choice.permutation(size);
    const realAsked = asked && Array.from(order!, (index) => asked[index]!);
    const encoded = new Float32Array(size * encoding.width);
    for (let index = 0; index < size; index += 1) {
      const row = realAsked ? byCategory.draw(realAsked[index]!, choice) : choice.below(rows.rowCount);
      writeRow(encoding, rows, row, encoded, index * encoding.width);
    }
    const real = lines(withAsked(encoding, space, encoded, realAsked));
    const { loss, gradients } = criticGradients(tf, critic, { real, made, mixed: mix(real, made, noise) });
    criticAdam.step(gradients);
    return loss;
  };

  const teachGenerator = (): number => {
    const asked = askAll();
    const { scores, activated, backwards, made } = make(asked);
    const { score, byLine } = scoreOf(tf, critic, made);
    const change = withoutAsked(encoding, space, byLine).map((value) => -value);
    activationGradients(encoding, activated, temperature, change);
    const unlike = asked ? askedLoss(encoding, space, asked, scores, change) : 0;
    generatorAdam.step(backwards(tf.tensor2d(change, [size, encoding.width])));
    return unlike - score;
  };

  runEpochs(options.epochs ?? usualEpochs, steps, options, () => ({
    critic: freeing(tf, teachCritic),
    generator: freeing(tf, teachGenerator),
  }));
  return { reshaping, encoding, deviations: new Float32Array(encoding.spans.length), generator, space };
}

async function sample(model: CtganModel, count: number, options: SampleOptions): Promise<EncodedTable> {
  const { tf } = await loadTensors();
  const { space, generator } = model;
  let asker: Asker | undefined;
  return drawTable(model, count, options, (rows, random, restrictions) =>
    freeing(tf, () => {
      asker ??= makeAsker(space, restrictions);
      const ask = asker;
      const asked = ask && Array.from({ length: rows }, () => ask(random));
      const inputs = inputsOf(rows, space, asked, random);
      return outputsOf(tf, generator, inputs, rows);
    }),
  );
}

function estimate(size: TableSize): Promise<Estimate> {
  return estimateNetwork(size, size.epochs ?? usualEpochs, batchesOf(size.rowCount, largestBatch, pac), fit);
}

function outputsOf(tf: TensorFlow, generator: Generator, inputs: Float32Array, rows: number): Float32Array {
  return generate(tf, generator, tf.tensor2d(inputs, [rows, inputs.length / rows])).dataSync<'float32'>();
}

type Asker = (random: Random) => Asked;

/** Asks as often as the real rows have it, and for a column that a condition is about where there is one. */
function makeAsker(
  space: ConditionSpace,
  restrictions: readonly (Restriction | undefined)[],
): Asker | undefined {
  if (space.columns.length === 0) {
    return undefined;
  }
  const sampler = new AskedSampler(space, (count, group, span) =>
    (restrictions[span]?.fits[group] ?? true) ? count : 0,
  );
  const restricted = [...space.columns.keys()].filter((index) => restrictions[space.columns[index]!.span]);
  return (random) =>
    sampler.draw(random, restricted.length > 0 ? restricted[random.below(restricted.length)]! : undefined);
}

/** Noise, and after it what is asked for. */
function inputsOf(
  rows: number,
  space: ConditionSpace,
  asked: readonly Asked[] | undefined,
  random: Random,
): Float32Array {
  const width = latents + space.width;
  const inputs = new Float32Array(rows * width);
  const drawn = normals(rows * latents, random);
  for (let row = 0; row < rows; row += 1) {
    inputs.set(drawn.subarray(row * latents, (row + 1) * latents), row * width);
    const ask = asked?.[row];
    if (ask) {
      inputs[row * width + latents + space.columns[ask.column]!.from + ask.group] = 1;
    }
  }
  return inputs;
}

/** Rows with what was asked for beside them, as the critic sees them. */
function withAsked(
  { width }: Encoding,
  space: ConditionSpace,
  rows: Float32Array,
  asked: readonly Asked[] | undefined,
): Float32Array {
  const count = rows.length / width;
  const wide = width + space.width;
  const both = new Float32Array(count * wide);
  for (let row = 0; row < count; row += 1) {
    both.set(rows.subarray(row * width, (row + 1) * width), row * wide);
    const ask = asked?.[row];
    if (ask) {
      both[row * wide + width + space.columns[ask.column]!.from + ask.group] = 1;
    }
  }
  return both;
}

function withoutAsked({ width }: Encoding, space: ConditionSpace, both: Float32Array): Float32Array {
  const wide = width + space.width;
  const rows = new Float32Array((both.length / wide) * width);
  for (let row = 0; row * wide < both.length; row += 1) {
    rows.set(both.subarray(row * wide, row * wide + width), row * width);
  }
  return rows;
}

/** Lines somewhere between the real and the made ones. */
function mix(real: Lines, made: Lines, random: Random): Lines {
  const { count, width } = real;
  const values = new Float32Array(real.values.length);
  for (let line = 0; line < count; line += 1) {
    const share = random.uniform();
    for (let place = line * width; place < (line + 1) * width; place += 1) {
      values[place] = share * real.values[place]! + (1 - share) * made.values[place]!;
    }
  }
  return { values, count, width };
}
