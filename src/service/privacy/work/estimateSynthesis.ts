import { loadSynthesiser } from '../synthesise/load.ts';
import type { Estimate, SynthesisMethod, TableSize } from '../synthesise/synthesiser.ts';

export interface EstimateJob {
  /** The table that it is about; it is not read. */
  readonly file: string;
  readonly method: SynthesisMethod;
  readonly size: TableSize;
}

/** Neural networks try their speed on this machine, which takes a moment: in the job's thread. */
export async function estimateSynthesis({ method, size }: EstimateJob): Promise<Estimate> {
  const synthesiser = await loadSynthesiser(method);
  return synthesiser.estimate(size);
}
