import { copula } from './copula/copula.ts';
import type { Synthesiser, SynthesisMethod } from './synthesiser.ts';

/** The synthesiser of a method. What a neural network needs is loaded with it, and not before. */
export async function loadSynthesiser(method: SynthesisMethod): Promise<Synthesiser<unknown>> {
  switch (method) {
    case 'copula':
      return copula;
    default:
      throw new RangeError(`There is no synthesiser "${method}" yet.`);
  }
}
