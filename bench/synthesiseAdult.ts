import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Cell, EncodedTable } from '../src/service/data/encodedTable.ts';
import { measureMemorisation } from '../src/service/privacy/attack/memorisation.ts';
import { Random } from '../src/service/privacy/statistics/random.ts';
import { loadSynthesiser } from '../src/service/privacy/synthesise/load.ts';
import { type SynthesisMethod, synthesisMethods } from '../src/service/privacy/synthesise/synthesiser.ts';
import { shuffledColumns, splitRows } from '../src/service/privacy/tables/rows.ts';
import { measureEfficacy } from '../src/service/privacy/utility/efficacy.ts';
import { measureQuality } from '../src/service/privacy/utility/quality.ts';
import { pythonEnvironment } from '../test/contract/python.ts';
import { readReferenceTable, tableOf } from '../test/support/referenceTables.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Adult synthesised by each method, and what the result is worth: `node bench/synthesiseAdult.ts [--epochs N]
 * [--methods tvae,ctgan] [--sdv]`. 22,561 rows are learned and as many drawn; 10,000 others are held out.
 * `--sdv` puts SDV beside it, on the same rows, with as many epochs; it makes a Python environment of 5 GB once.
 */

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '10' },
    methods: { type: 'string', default: synthesisMethods.join(',') },
    sdv: { type: 'boolean', default: false },
  },
});
const epochs = Number(values.epochs);
const methods = values.methods.split(',') as SynthesisMethod[];
const seed = new Uint8Array(32).fill(5);
const random = new Random(seed);
const adult = readReferenceTable('adult/adult_15_columns.csv');
const [train, holdOut] = splitRows(adult, 22_561 / 32_561, random.fork('split'));
const figures: Figure[] = [];
const worth: Record<string, string>[] = [
  measure('other real rows', holdOut),
  measure('shuffled columns', shuffledColumns(train, random.fork('shuffle'))),
];

for (const method of methods) {
  const { released, fit, sample, estimated } = await synthesise(method);
  figures.push(milliseconds(`${method}: fit`, fit), milliseconds(`${method}: estimated before`, estimated));
  figures.push(milliseconds(`${method}: draw`, sample));
  worth.push(measure(method, released));
}
if (values.sdv) {
  const python = await pythonEnvironment('sdv', ['sdv==2.0.0']);
  for (const method of methods) {
    const { fit, sample, released } = synthesiseBySdv(python, method);
    figures.push(milliseconds(`SDV's ${method}: fit`, fit), milliseconds(`SDV's ${method}: draw`, sample));
    worth.push(measure(`SDV's ${method}`, released));
  }
}
console.table(worth);
report('synthesiseAdult', figures);

async function synthesise(method: SynthesisMethod) {
  const synthesiser = await loadSynthesiser(method);
  const size = {
    rowCount: train.rowCount,
    distinctCounts: train.columns.map(({ values }) => values.length),
    sampleCount: train.rowCount,
    epochs,
  };
  const { seconds } = await synthesiser.estimate(size);
  let model: unknown;
  const fit = await time(async () => {
    model = await synthesiser.fit(train, { seed, epochs, target: 'income' });
  });
  let released = train;
  const sample = await time(async () => {
    released = await synthesiser.sample(model, train.rowCount, { seed });
  });
  return { fit, sample, released, estimated: seconds * 1000 };
}

function synthesiseBySdv(python: string, method: SynthesisMethod) {
  const cells = Object.fromEntries(
    train.columns.map(({ name, values, codes }) => [name, Array.from(codes, (code) => values[code]!)]),
  );
  const script = path.join(import.meta.dirname, 'support', 'sdvPeer.py');
  const { stdout, stderr, status } = spawnSync(python, [script, method, String(epochs)], {
    input: JSON.stringify(cells),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) {
    throw new Error(`SDV's ${method} broke: ${stderr}`);
  }
  const answer: { fit: number; sample: number; columns: Record<string, Cell[]> } = JSON.parse(
    stdout.trim().split('\n').at(-1)!,
  );
  return { fit: answer.fit * 1000, sample: answer.sample * 1000, released: tableOf(answer.columns) };
}

function measure(what: string, released: EncodedTable): Record<string, string> {
  const quality = measureQuality(train, released, { edges: 'separate' });
  const { mean } = measureEfficacy({
    real: train,
    released,
    holdOut,
    target: 'income',
    random: random.fork('efficacy'),
    maximumRows: 5_000,
  });
  const memory = measureMemorisation({
    train,
    holdOut,
    released,
    random: random.fork('memory'),
    maximumRows: 500,
  });
  const row = {
    what,
    shapes: quality.shapes.toFixed(3),
    'associated pairs': quality.associatedPairTrends?.toFixed(3) ?? '',
    score: quality.score.toFixed(3),
    'F1 (real rows)': `${mean.released.toFixed(3)} (${mean.real.toFixed(3)})`,
    copies: String(memory.copies),
    'to the closest: learned, held out': `${memory.distance.train.median.toFixed(4)}, ${memory.distance.holdOut.median.toFixed(4)}`,
    'nearer to learned': `${memory.nearerToTrain.toFixed(3)} of ${memory.expectedNearer.toFixed(3)} ± ${memory.error.toFixed(3)}`,
  };
  // At once, because the whole takes minutes.
  console.log(Object.values(row).join(' | '));
  return row;
}

function milliseconds(what: string, value: number): Figure {
  return { what, unit: 'ms', rounds: [value] };
}
