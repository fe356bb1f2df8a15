import type { EncodedRows, Encoding } from './encoding.ts';
import { scoreCount, scoresFrom, softmax } from './spans.ts';

export interface Reconstruction {
  readonly loss: number;
  /** How `weight` times the loss changes with the outputs, and with the deviations. */
  readonly byOutput: Float32Array;
  readonly byDeviation: Float32Array;
}

/**
 * How unlike the real rows the decoder's outputs are: the negative logarithm of the likelihood, its mean over the
 * rows. A distance is normal around tanh of its output; modes and categories have the probabilities of their scores
 * (TVAE in L. Xu et al., 2019, section 4.4). What a row does not have is not counted.
 */
export function reconstruct(
  { spans, width }: Encoding,
  { groups, distances }: EncodedRows,
  numbers: Int32Array,
  outputs: Float32Array,
  deviations: Float32Array,
  weight: number,
): Reconstruction {
  const byOutput = new Float32Array(outputs.length);
  const byDeviation = new Float32Array(deviations.length);
  const share = weight / numbers.length;
  let loss = 0;
  spans.forEach((span, index) => {
    const ofRows = distances[index];
    const deviation = deviations[index]!;
    const offset = scoresFrom(span);
    const count = scoreCount(span);
    for (let row = 0; row < numbers.length; row += 1) {
      const number = numbers[row]!;
      const group = groups[index]![number]!;
      if (group === -1) {
        continue;
      }
      const at = row * width;
      if (ofRows) {
        const middle = Math.tanh(outputs[at + span.from]!);
        const apart = (middle - ofRows[number]!) / deviation;
        loss += (apart * apart) / 2 + Math.log(deviation);
        byOutput[at + span.from] = ((share * apart) / deviation) * (1 - middle * middle);
        byDeviation[index]! += (share * (1 - apart * apart)) / deviation;
      }
      const scores = at + offset;
      const logSum = softmax(outputs, scores, count, byOutput, scores);
      loss += logSum - outputs[scores + group]!;
      byOutput[scores + group]! -= 1;
      for (let place = scores; place < scores + count; place += 1) {
        byOutput[place]! *= share;
      }
    }
  });
  return { loss: loss / numbers.length, byOutput, byDeviation };
}
