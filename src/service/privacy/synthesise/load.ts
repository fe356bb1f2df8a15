import { copula } from './copula/copula.ts';
import type { Synthesiser, SynthesisMethod } from './synthesiser.ts';

/** The synthesiser of a method. What a neural network needs is loaded with it, and not before. */
export async function loadSynthesiser(method: SynthesisMethod): Promise<Synthesiser<unknown>> {
  switch (method) {
    case 'copula':
      return copula;
    case 'tvae':
      return (await import('./neural/tvae.ts')).tvae;
    case 'ctgan':
      return (await import('./neural/ctgan.ts')).ctgan;
  }
}
