import { describe, expect, it } from 'vitest';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import {
  learn,
  startingAutoencoder,
} from '../../../../../src/service/privacy/synthesise/neural/autoencoder.ts';
import { conditionSpace } from '../../../../../src/service/privacy/synthesise/neural/conditionalVector.ts';
import {
  criticGradients,
  scoreOf,
  startingCritic,
} from '../../../../../src/service/privacy/synthesise/neural/critic.ts';
import { encodeTable } from '../../../../../src/service/privacy/synthesise/neural/encoding.ts';
import {
  generateBatch,
  generatorParameters,
  startingGenerator,
} from '../../../../../src/service/privacy/synthesise/neural/generator.ts';
import { normals } from '../../../../../src/service/privacy/synthesise/neural/parameters.ts';
import {
  activate,
  activationGradients,
  askedLoss,
} from '../../../../../src/service/privacy/synthesise/neural/spans.ts';
import {
  freeing,
  loadTensors,
  useBackend,
} from '../../../../../src/service/privacy/synthesise/neural/tensors.ts';
import { tableOf } from '../../../../support/referenceTables.ts';

/*
 * Each gradient that was derived by hand beside the difference that a small change of a parameter really makes.
 * The numbers have 24 bits, so a few parts in a hundred are as near as differences come.
 */

const seed = new Uint8Array(32).fill(7);

describe('gradients by hand are what differences say', () => {
  const random = new Random(seed);
  const table = tableOf({
    wage: Array.from({ length: 40 }, (_, row) =>
      row % 9 === 0 ? null : (row % 2) * 100 + random.normal() * 5,
    ),
    city: Array.from({ length: 40 }, (_, row) => ['Bern', 'Basel', 'Chur'][row % 3]!),
  });
  const { encoding, rows } = encodeTable(table, { rareBelow: 1, rareLabel: 'Other' }, random);
  const numbers = Int32Array.from({ length: 40 }, (_, row) => row);

  it('of the autoencoder', async () => {
    const { tf } = await loadTensors();
    const learned = startingAutoencoder({ encoding, random });
    const parameters = [...learned.encoder, ...learned.decoder, learned.deviations];
    const loss = () => freeing(tf, () => learn(tf, { encoding, rows }, learned, numbers, new Random(seed)));
    const { gradients } = loss();
    expectSlopes(
      parameters.map(({ values }) => values),
      gradients,
      () => loss().losses.loss,
    );
  });

  it('of the critic with its penalty, and of its score', async () => {
    const { tf } = await loadTensors();
    const critic = startingCritic(12, 16, random);
    const lines = () => ({ values: normals(20 * 12, random), count: 20, width: 12 });
    const shown = { real: lines(), made: lines(), mixed: lines() };
    const loss = () => freeing(tf, () => criticGradients(tf, critic, shown));
    const { gradients } = loss();
    expectSlopes(
      critic.map(({ values }) => values),
      gradients,
      () => loss().loss,
    );
    const score = () => freeing(tf, () => scoreOf(tf, critic, shown.made));
    expectSlopes([shown.made.values], [score().byLine], () => score().score);
  });

  it('of the generator with its normalised batches', async () => {
    const { tf } = await loadTensors();
    const generator = startingGenerator(10, 12, 6, random);
    const inputs = normals(30 * 10, random);
    const pull = normals(30 * 6, random);
    const run = () =>
      freeing(tf, () => {
        const { outputs, backwards } = generateBatch(tf, generator, tf.tensor2d(inputs, [30, 10]));
        const values = outputs.dataSync<'float32'>();
        return {
          gradients: backwards(tf.tensor2d(pull, [30, 6])),
          pulled: values.reduce((sum, value, index) => sum + value * pull[index]!, 0),
        };
      });
    const { gradients } = run();
    expectSlopes(
      generatorParameters(generator).map(({ values }) => values),
      gradients,
      () => run().pulled,
    );
  });

  it('of the activations and of what is asked for', () => {
    const outputs = normals(8 * encoding.width, random);
    const pull = normals(8 * encoding.width, random);
    const space = conditionSpace(encoding, rows);
    const asked = Array.from({ length: 8 }, (_, row) => ({ column: row % 2, group: row % 2 }));
    const activated = () => {
      const values = outputs.slice();
      const chances = new Random(seed);
      activate(encoding, values, 0.7, () => chances.uniform());
      return values;
    };
    const change = pull.slice();
    activationGradients(encoding, activated(), 0.7, change);
    const unlike = () => askedLoss(encoding, space, asked, outputs, new Float32Array(outputs.length));
    askedLoss(encoding, space, asked, outputs, change);
    expectSlopes([outputs], [change], () =>
      activated().reduce((sum, value, index) => sum + value * pull[index]!, unlike()),
    );
  });
});

describe('the plain backend', () => {
  it('computes what WebAssembly computes', async () => {
    const random = new Random(seed);
    const critic = startingCritic(12, 16, random);
    const lines = () => ({ values: normals(20 * 12, random), count: 20, width: 12 });
    const shown = { real: lines(), made: lines(), mixed: lines() };
    const losses: number[] = [];
    for (const backend of ['cpu', 'wasm'] as const) {
      const { tf } = await useBackend(backend);
      expect(tf.getBackend()).toBe(backend);
      losses.push(freeing(tf, () => criticGradients(tf, critic, shown)).loss);
      expect(tf.memory().numTensors).toBe(0);
    }
    expect(losses[0]).toBeCloseTo(losses[1]!, 4);
  });
});

/** Of each array of parameters the ones with the largest gradients. */
function expectSlopes(
  parameters: readonly Float32Array[],
  gradients: readonly Float32Array[],
  loss: () => number,
): void {
  expect(gradients.length).toBe(parameters.length);
  parameters.forEach((values, index) => {
    const gradient = gradients[index]!;
    expect(gradient.length).toBe(values.length);
    const largest = [...gradient.keys()]
      .sort((a, b) => Math.abs(gradient[b]!) - Math.abs(gradient[a]!))
      .slice(0, 3);
    for (const place of largest) {
      const before = values[place]!;
      const step = 2e-3;
      values[place] = before + step;
      const above = loss();
      values[place] = before - step;
      const below = loss();
      values[place] = before;
      const slope = (above - below) / (2 * step);
      expect(
        Math.abs(slope - gradient[place]!) / (Math.abs(gradient[place]!) + 0.02),
        `parameter ${index}, place ${place}: ${slope} and ${gradient[place]!}`,
      ).toBeLessThan(0.06);
    }
  });
}
