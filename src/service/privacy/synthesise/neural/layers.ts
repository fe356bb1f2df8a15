import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Parameter } from './parameters.ts';
import type { TensorFlow } from './tensors.ts';

/**
 * The layers of the networks, forwards and backwards (D. Rumelhart, G. Hinton, R. Williams, "Learning
 * representations by back-propagating errors", 1986). Backwards by hand and not by TensorFlow.js's own gradients:
 * its WebAssembly backend multiplies by a transposed matrix thirty times slower than it transposes one, and a
 * gradient of a gradient it does not have for all that the critic of CTGAN needs.
 *
 * All tensors are freed by the caller.
 */

/** A layer whose outputs are sums of its weighted inputs. */
export interface Dense {
  /** Inputs × outputs. */
  readonly weights: Tensor2D;
  readonly bias: Tensor1D;
}

/** Pairs of parameters, each a layer. */
export function denseLayers(tf: TensorFlow, parameters: readonly Parameter[]): Dense[] {
  const tensors = parameters.map(({ values, shape }) => tf.tensor(values, [...shape]));
  return Array.from({ length: tensors.length / 2 }, (_, layer) => ({
    weights: tensors[2 * layer] as Tensor2D,
    bias: tensors[2 * layer + 1] as Tensor1D,
  }));
}

export function forward(tf: TensorFlow, input: Tensor2D, { weights, bias }: Dense): Tensor2D {
  return tf.add(tf.matMul(input, weights), bias);
}

/** How the loss changes with the weights and the bias, given how it changes with the outputs. */
export function layerGradients(tf: TensorFlow, input: Tensor2D, change: Tensor2D): [Tensor2D, Tensor1D] {
  return [tf.matMul(tf.transpose(input), change), tf.sum(change, 0)];
}

/** How the loss changes with the inputs, given how it changes with the outputs. */
export function backward(tf: TensorFlow, { weights }: Pick<Dense, 'weights'>, change: Tensor2D): Tensor2D {
  // The second matrix of a product is copied into another order first, so that should be the smaller one.
  return change.shape[0] < weights.shape[0]
    ? tf.transpose(tf.matMul(weights, tf.transpose(change)))
    : tf.matMul(change, tf.transpose(weights));
}

/** How the loss changes before max(0, x), given its result and how the loss changes with that. */
export function rectifyBackward(tf: TensorFlow, result: Tensor2D, change: Tensor2D): Tensor2D {
  return tf.mul(change, tf.step(result));
}

/** The activations of layers with max(0, x) between them: the inputs first, the outputs last. */
export function perceptron(tf: TensorFlow, input: Tensor2D, layers: readonly Dense[]): Tensor2D[] {
  const activations = [input];
  layers.forEach((layer, index) => {
    const outputs = forward(tf, activations[index]!, layer);
    activations.push(index < layers.length - 1 ? tf.relu(outputs) : outputs);
  });
  return activations;
}

/** The gradients of every layer in the order of their parameters, and how the loss changes with the inputs. */
export function perceptronBackward(
  tf: TensorFlow,
  activations: readonly Tensor2D[],
  layers: readonly Dense[],
  change: Tensor2D,
): { gradients: Tensor[]; first: Tensor2D } {
  const gradients: Tensor[] = [];
  let current = change;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    gradients.unshift(...layerGradients(tf, activations[index]!, current));
    if (index > 0) {
      current = rectifyBackward(tf, activations[index]!, backward(tf, layers[index]!, current));
    }
  }
  return { gradients, first: current };
}

export function valuesOf(tensors: readonly Tensor[]): Float32Array[] {
  return tensors.map((tensor) => tensor.dataSync<'float32'>());
}
