import { groupDigits, plural } from '../../../base/format.ts';
import type { ReportFigure } from '../../../protocol/privacyReport.ts';
import { populationUniques } from '../risk/populationUniques.ts';
import { sampleRiskOf } from '../risk/reidentification.ts';
import type { JobContext } from '../work/context.ts';
import { classSizesOf } from '../work/dials.ts';
import type { Release } from '../work/release.ts';

/** The population is taken to be so many times the table where nobody says more; the report says so. */
const samplingFraction = 0.1;

/** How easily people are found, counted over all rows: none where no quasi-identifier forms classes. */
export function riskFigures({ guarantee }: Release, { checkCancelled }: JobContext): ReportFigure[] {
  if (!guarantee || guarantee.rowCount === 0) {
    return [];
  }
  const sizes = classSizesOf(guarantee);
  const released = guarantee.rowCount - guarantee.suppressedRows;
  const none = new Int32Array(0);
  const before = sampleRiskOf({ rowCount: guarantee.rowCount, sizes: sizes.before, classOfRow: none });
  const after =
    released === 0 ? undefined : sampleRiskOf({ rowCount: released, sizes: sizes.after, classOfRow: none });
  checkCancelled();
  const uniques = (of: Int32Array) => {
    // Models of the population are made of those that are alone in the sample.
    if (!of.includes(1)) {
      return of.length === 0 ? null : 0;
    }
    const chosen = of.length === 0 ? undefined : populationUniques(of, samplingFraction).chosen;
    return chosen === undefined || !Number.isFinite(chosen) ? null : Math.min(1, Math.max(0, chosen));
  };
  const lower = { kind: 'share', better: 'lower' } as const;
  return [
    {
      id: 'smallestClass',
      title: 'Smallest group of rows that look alike',
      sentence:
        'In the quasi-identifiers, each row is like all others of its group: this is the k of k-anonymity.',
      kind: 'count',
      better: 'higher',
      before: 1 / before.prosecutor.highest,
      after: after ? 1 / after.prosecutor.highest : null,
    },
    {
      id: 'prosecutorHighest',
      title: 'Highest risk of a person who is known to be in the table',
      sentence:
        'Prosecutor: the attacker knows that the person is in it, and guesses within the smallest group.',
      ...lower,
      before: before.prosecutor.highest,
      after: after?.prosecutor.highest ?? null,
    },
    {
      id: 'prosecutorAverage',
      title: 'Average risk of a person who is known to be in the table',
      sentence:
        'Prosecutor, on average over all rows; the same as the share of rows that a marketer would link rightly.',
      ...lower,
      before: before.prosecutor.average,
      after: after?.prosecutor.average ?? null,
    },
    {
      id: 'journalistHighest',
      title: 'Highest risk where nobody knows who is in the table',
      sentence: `Journalist: the population is taken to be ${1 / samplingFraction} times the table, and alike.`,
      ...lower,
      before: before.prosecutor.highest * samplingFraction,
      after: after ? after.prosecutor.highest * samplingFraction : null,
    },
    {
      id: 'recordsAtRisk',
      title: 'Rows whose own risk is above 20 %',
      sentence: 'Rows in groups of fewer than five.',
      ...lower,
      before: before.prosecutor.recordsAtRisk,
      after: after?.prosecutor.recordsAtRisk ?? null,
    },
    {
      id: 'sampleUniqueness',
      title: 'Rows that are unlike all others',
      sentence: 'Alone in their quasi-identifiers within the table.',
      ...lower,
      before: before.sampleUniqueness,
      after: after?.sampleUniqueness ?? null,
    },
    {
      id: 'populationUniqueness',
      title: 'People who would be unlike everybody else in the population',
      sentence: `Estimated (Dankar et al. 2012) for a population ${1 / samplingFraction} times the table.`,
      ...lower,
      before: uniques(sizes.before),
      after: uniques(sizes.after),
    },
  ];
}

/** What was counted, and over whom. */
export function riskNote({ guarantee }: Release): string {
  const { rowCount, suppressedRows, dimensions } = guarantee!;
  return (
    `Counted, not estimated, unless a line says so: before over all ${plural(rowCount, 'row')}, ` +
    `after over the ${groupDigits(rowCount - suppressedRows)} of the output. An attacker is taken to know ${dimensions.join(', ')}.`
  );
}
