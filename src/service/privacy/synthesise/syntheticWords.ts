import { groupDigits, plural } from '../../../base/format.ts';
import type { PrivacyReport } from '../../../protocol/privacyReport.ts';
import type { ColumnFate } from './columnFates.ts';
import type { SynthesisMethod } from './synthesiser.ts';

/** For sentences. */
export const methodTitles: Readonly<Record<SynthesisMethod, string>> = {
  copula: 'Gaussian copula',
  tvae: 'TVAE (variational autoencoder)',
  ctgan: 'CTGAN (generative adversarial network)',
};

interface Told {
  readonly method: SynthesisMethod;
  readonly input: PrivacyReport['input'];
  readonly output: PrivacyReport['output'];
  readonly fates: readonly ColumnFate[];
  readonly learnedRows: number;
  readonly holdOutRows: number;
  readonly rareBelow: number;
  /** Columns of which nothing but “Other” is left. */
  readonly merged: readonly string[];
  readonly conditions: readonly string[];
  readonly findings: readonly string[];
}

/** Plain words first: what was made, and what was found about it. */
export function summariseSynthetic(told: Told): string[] {
  const { input, output, fates, conditions } = told;
  const named = (fate: ColumnFate['fate']) =>
    fates.filter((each) => each.fate === fate).map(({ name }) => name);
  const [dropped, made] = [named('dropped'), named('new')];
  return [
    `${output.path} holds ${plural(output.rows, 'synthetic row')}: no row of ${input.path} was copied or changed; ` +
      `a model (${methodTitles[told.method]}) learned ${groupDigits(told.learnedRows)} of its ${plural(input.rows, 'row')} and drew new ones. ` +
      `${plural(told.holdOutRows, 'row')} were set aside to test what it remembers.`,
    ...(dropped.length > 0 ? [`Never learned, and left out: ${dropped.join(', ')}.`] : []),
    ...(made.length > 0 ? [`Never learned, and made anew without looking at it: ${made.join(', ')}.`] : []),
    `Values that fewer than ${told.rareBelow} rows share, the extremes among them, were merged with others before anything was learned.`,
    ...(told.merged.length > 0
      ? [
          `Nothing could be learned of ${told.merged.join(', ')}: nearly every row has another value there, so all became “Other”.`,
        ]
      : []),
    ...(conditions.length > 0 ? [`Only rows were drawn with ${conditions.join(' and ')}.`] : []),
    ...told.findings,
  ];
}

export function notGuaranteedOfSynthetic(): string[] {
  return [
    'Synthetic is not anonymous by itself. The model learned from real people, and no law and no formula says that its rows cannot give them away: the figures below are a test, not a proof.',
    'It is not differentially private: nothing bounds what one person can change in the output.',
    'What is true of a whole group is true of it in the synthetic rows as well, and may be held against people of that group.',
    'Which columns name people was proposed by a program and decided by people: what was not marked as a direct identifier was learned.',
    'Results about rare cases, tails and combinations that few rows have should be checked on the real table.',
  ];
}
