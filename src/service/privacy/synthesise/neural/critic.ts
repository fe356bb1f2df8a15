import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '../../statistics/random.ts';
import { backward, type Dense, denseLayers, forward, layerGradients, valuesOf } from './layers.ts';
import { denseParameters, type Parameter } from './parameters.ts';
import type { TensorFlow } from './tensors.ts';

/**
 * The critic of CTGAN (L. Xu et al., 2019, section 4.4): it looks at some rows at a time, as in PacGAN (Z. Lin et
 * al., 2018), and learns the Wasserstein distance with a gradient penalty (I. Gulrajani et al., 2017). Unlike the
 * paper's it leaves no units out by chance (there half of them).
 */

const leak = 0.2;
const penaltyWeight = 10;

export function startingCritic(inputs: number, units: number, random: Random): Parameter[] {
  return [
    ...denseParameters(inputs, units, random),
    ...denseParameters(units, units, random),
    ...denseParameters(units, 1, random),
  ];
}

/** `count` lines of `width` numbers. */
export interface Lines {
  readonly values: Float32Array;
  readonly count: number;
  readonly width: number;
}

/**
 * The critic's loss on real and made lines, and its gradients. `mixed` lines lie between them; where those change
 * the score faster or slower than by 1, the penalty pulls.
 */
export function criticGradients(
  tf: TensorFlow,
  parameters: readonly Parameter[],
  { real, made, mixed }: { readonly real: Lines; readonly made: Lines; readonly mixed: Lines },
): { loss: number; gradients: Float32Array[] } {
  const layers = denseLayers(tf, parameters) as [Dense, Dense, Dense];
  let loss = 0;
  const sums: Tensor2D[][] = [];
  for (const [lines, sign] of [
    [real, -1],
    [made, 1],
  ] as const) {
    const passed = pass(tf, layers, lines);
    loss += sign * (tf.mean(passed.scores).dataSync()[0] ?? 0);
    const { change1, change2, change3 } = passBackward(tf, layers, passed, sign / lines.count);
    sums.push([
      ...layerGradients(tf, passed.lines, change1),
      ...layerGradients(tf, passed.hidden1, change2),
      ...layerGradients(tf, passed.hidden2, change3),
    ] as Tensor2D[]);
  }
  const penalty = penaltyGradients(tf, layers, pass(tf, layers, mixed), mixed);
  const gradients = sums[0]!.map((tensor, index) => {
    const both = tf.add(tensor, sums[1]![index]!);
    const third = penalty.gradients[index / 2];
    return third && index % 2 === 0 ? tf.add(both, third) : both;
  });
  return { loss: loss + penalty.loss, gradients: valuesOf(gradients) };
}

/** The mean score of made lines, and how it changes with them. */
export function scoreOf(
  tf: TensorFlow,
  parameters: readonly Parameter[],
  made: Lines,
): { score: number; byLine: Float32Array } {
  const layers = denseLayers(tf, parameters) as [Dense, Dense, Dense];
  const passed = pass(tf, layers, made);
  const { change1 } = passBackward(tf, layers, passed, 1 / made.count);
  return {
    score: tf.mean(passed.scores).dataSync()[0]!,
    byLine: backward(tf, layers[0], change1).dataSync<'float32'>(),
  };
}

interface Pass {
  readonly lines: Tensor2D;
  readonly hidden1: Tensor2D;
  readonly hidden2: Tensor2D;
  /** What each layer's sums were multiplied by. */
  readonly slopes1: Tensor2D;
  readonly slopes2: Tensor2D;
  readonly scores: Tensor2D;
}

function pass(tf: TensorFlow, layers: readonly [Dense, Dense, Dense], lines: Lines): Pass {
  const input = tf.tensor2d(lines.values, [lines.count, lines.width]);
  const sums1 = forward(tf, input, layers[0]);
  const slopes1 = slopesOf(tf, sums1);
  const hidden1 = tf.mul(sums1, slopes1) as Tensor2D;
  const sums2 = forward(tf, hidden1, layers[1]);
  const slopes2 = slopesOf(tf, sums2);
  const hidden2 = tf.mul(sums2, slopes2) as Tensor2D;
  return { lines: input, hidden1, hidden2, slopes1, slopes2, scores: forward(tf, hidden2, layers[2]) };
}

/** Leaky where the sums are negative. */
function slopesOf(tf: TensorFlow, sums: Tensor2D): Tensor2D {
  return tf.add(tf.mul(tf.step(sums), 1 - leak), leak);
}

/** How the sums of each layer change something, given how each score does. */
function passBackward(
  tf: TensorFlow,
  layers: readonly [Dense, Dense, Dense],
  { scores, slopes1, slopes2 }: Pass,
  byScore: number,
) {
  const change3 = tf.fill(scores.shape, byScore) as Tensor2D;
  const change2 = tf.mul(backward(tf, layers[2], change3), slopes2) as Tensor2D;
  const change1 = tf.mul(backward(tf, layers[1], change2), slopes1) as Tensor2D;
  return { change1, change2, change3 };
}

/**
 * The gradient penalty, and how it changes with the weights of the three layers. The score's gradient by a line is
 * itself a product of the weights and the slopes, ((w₃ᵀ ∘ s₂)·W₂ᵀ ∘ s₁)·W₁ᵀ, and the slopes do not change with the
 * weights except where they jump; so its own gradient is that of a product.
 */
function penaltyGradients(
  tf: TensorFlow,
  [first, second, third]: readonly [Dense, Dense, Dense],
  { slopes1, slopes2 }: Pass,
  { count, width }: Lines,
): { loss: number; gradients: Tensor2D[] } {
  const by2 = tf.mul(slopes2, tf.transpose(third.weights)) as Tensor2D;
  const by1 = tf.mul(backward(tf, second, by2), slopes1) as Tensor2D;
  const byLine = backward(tf, first, by1).dataSync<'float32'>();
  let loss = 0;
  for (let line = 0; line < count; line += 1) {
    const part = byLine.subarray(line * width, (line + 1) * width);
    const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    loss += (penaltyWeight / count) * (norm - 1) ** 2;
    const factor = norm > 0 ? (2 * penaltyWeight * (1 - 1 / norm)) / count : 0;
    part.forEach((value, place) => {
      part[place] = value * factor;
    });
  }
  const pull = tf.tensor2d(byLine, [count, width]);
  const pull1 = tf.mul(tf.matMul(pull, first.weights), slopes1) as Tensor2D;
  const pull2 = tf.mul(tf.matMul(pull1, second.weights), slopes2);
  return {
    loss,
    gradients: [
      tf.matMul(tf.transpose(pull), by1),
      tf.matMul(tf.transpose(pull1), by2),
      tf.reshape(tf.sum(pull2, 0), third.weights.shape),
    ],
  };
}
