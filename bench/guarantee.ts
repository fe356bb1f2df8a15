import path from 'node:path';
import { parseArgs } from 'node:util';
import type { EncodedColumn } from '../src/service/data/encodedTable.ts';
import type { Criterion } from '../src/service/privacy/guarantee/criteria.ts';
import { attainedGuarantees } from '../src/service/privacy/guarantee/measure.ts';
import { partitionByMondrian } from '../src/service/privacy/guarantee/mondrian.ts';
import type { MondrianColumn } from '../src/service/privacy/guarantee/mondrianDimension.ts';
import { type SearchTask, searchGeneralisation } from '../src/service/privacy/guarantee/search.ts';
import { specialUniques } from '../src/service/privacy/risk/specialUniques.ts';
import { pythonEnvironment } from '../test/contract/python.ts';
import { runToEnd } from '../test/editor/setup/processes.ts';
import {
  adultLevels,
  proposedAdultLevels,
  readAdult,
  seededIntegers,
} from '../test/unit/service/privacy/guarantee/sharedData.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Guarantees of anonymity, beside anonypy and pyCANON: `node bench/guarantee.ts [--rounds N]`.
 * Adult is ARX's, 30,162 rows with nine columns; the large tables are made from a seed.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const rounds = Number(values.rounds);
const million = 1_000_000;
/** anonypy and pyCANON take minutes for the whole of Adult. */
const peerRows = 500;

const adult = readAdult();
const quasiIdentifiers = adult.map(adultLevels);
const proposed = proposedAdultLevels();
const occupation = adult.find(({ name }) => name === 'occupation')!;
const others = adult.filter((column) => column !== occupation);
const kAnonymity: Criterion[] = [{ kind: 'kAnonymity', k: 5 }];
const dimensions = (columns: readonly EncodedColumn[]) =>
  columns.map((column): MondrianColumn => ({ kind: column.name === 'age' ? 'numeric' : 'ordinal', column }));
const ages = others.map((column) =>
  column.name === 'age' ? { ...column, values: column.values.map(Number) } : column,
);

const python = await pythonEnvironment('guarantee', ['anonypy==0.2.1', 'pycanon==1.3.6']);
const adultFile = path.join(import.meta.dirname, '..', '..', 'shared', 'data', 'adult', 'adult.csv');
const peerFile = path.join(import.meta.dirname, 'support', 'guaranteePeers.py');
const peer: Record<'mondrian' | 'measure', number[]> = JSON.parse(
  await runToEnd(python, [peerFile, adultFile, '1', String(peerRows)]),
);

const diversity: SearchTask = {
  quasiIdentifiers: others.map(adultLevels),
  sensitive: [{ column: occupation }],
  criteria: [...kAnonymity, { kind: 'distinctDiversity', sensitive: 'occupation', l: 3 }],
  suppressionLimit: 0.04,
};

report('guarantee', [
  await figure('optimal search, Adult, 9 columns, k = 5', 500, () =>
    searchGeneralisation({ quasiIdentifiers, criteria: kAnonymity }),
  ),
  await figure('the same with 4 % suppression', undefined, () =>
    searchGeneralisation({ quasiIdentifiers, criteria: kAnonymity, suppressionLimit: 0.04 }),
  ),
  await figure('optimal search, the 10 columns proposed for Adult, k = 5, 5 % suppression', 2000, () =>
    searchGeneralisation({ quasiIdentifiers: proposed, criteria: kAnonymity, suppressionLimit: 0.05 }),
  ),
  await figure('optimal search, Adult, 8 columns, k = 5, l = 3, 4 % suppression', undefined, () =>
    searchGeneralisation(diversity),
  ),
  await figure('Mondrian, Adult, 8 columns, k = 5', undefined, () =>
    partitionByMondrian({ quasiIdentifiers: dimensions(ages), criteria: kAnonymity }),
  ),
  await figure('Mondrian, the first 500 rows', undefined, () =>
    partitionByMondrian({ quasiIdentifiers: dimensions(ages.map(firstRows)), criteria: kAnonymity }),
  ),
  { what: 'the same by anonypy', unit: 'ms', rounds: peer.mondrian.map(inMilliseconds) },
  await mondrianOfAMillion('Mondrian, 1,000,000 rows × 6 columns, k = 5', [90, 16, 7, 14, 500, 100_000]),
  await mondrianOfAMillion('the same, all values distinct', Array<number>(6).fill(million)),
  await figure('measure k, l, t and β of Adult', undefined, () => attainedGuarantees(others, occupation)),
  await figure('measure k, l, t and β of the first 500 rows', undefined, () =>
    attainedGuarantees(others.map(firstRows), firstRows(occupation)),
  ),
  { what: 'the same by pyCANON', unit: 'ms', rounds: peer.measure.map(inMilliseconds) },
  await figure('minimal uniques of up to 3 of 9 columns, Adult', undefined, () => specialUniques(adult)),
]);

function firstRows(column: EncodedColumn): EncodedColumn {
  return { ...column, codes: column.codes.slice(0, peerRows) };
}

async function mondrianOfAMillion(what: string, distinct: readonly number[]): Promise<Figure> {
  const next = seededIntegers(1);
  const columns = distinct.map((count, index): MondrianColumn => {
    const codes = new Int32Array(million).map(() => next(count));
    return {
      kind: 'numeric',
      column: { name: `c${index}`, values: Array.from({ length: count }, (_, value) => value), codes },
    };
  });
  return figure(
    what,
    5_000,
    () => partitionByMondrian({ quasiIdentifiers: columns, criteria: kAnonymity }),
    Math.min(rounds, 3),
  );
}

async function figure(
  what: string,
  budget: number | undefined,
  work: () => unknown,
  times = rounds,
): Promise<Figure> {
  work();
  const measured: number[] = [];
  for (let round = 0; round < times; round += 1) {
    measured.push(await time(work));
  }
  return { what, unit: 'ms', rounds: measured, ...(budget !== undefined && { budget }) };
}

function inMilliseconds(seconds: number): number {
  return seconds * 1_000;
}
