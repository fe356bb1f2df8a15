import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { detectPersonalData } from '../src/service/privacy/detect/detectPersonalData.ts';
import { findInText } from '../src/service/privacy/detect/findInText.ts';
import type { SampledColumn } from '../src/service/privacy/detect/findings.ts';
import { pythonEnvironment } from '../test/contract/python.ts';
import { PersonalValues } from '../test/unit/service/privacy/detect/personalValues.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Finding personal data in samples of 1,000 distinct values: `node bench/detect.ts [--rounds N]`.
 * Half of the columns are personal, half are not; each kind is also measured by itself with all detectors, because
 * the slowest column decides how long a person waits for the first answer.
 * `--presidio` puts Presidio's analyzer beside it, on the same columns; it makes a Python environment for it once.
 */

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, presidio: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const valueCount = 1_000;
const columnCount = 50;

const made = new PersonalValues(3);
const kinds: Readonly<Record<string, () => string>> = {
  email: () => made.email(),
  full_name: () => made.fullName() + made.letters(3).toLowerCase(),
  phone: () => made.germanMobile(),
  contact: () => made.usPhone(),
  mobile: () => made.usPhone().replace(/\D/g, ''),
  card: () => made.card(),
  account: () => made.iban(),
  ssn: () => made.ssn(),
  col_7: () => made.brazilianCpf(),
  uuid: () => made.uuid(),
  ip: () => made.publicIp(),
  vin: () => made.vin(),
  street: () => made.street() + made.digits(4),
  notes: () =>
    `Spoke with ${made.fullName()} about delivery ${made.digits(6)}, answer to ${made.email()} until Friday`,
  digits_9: () => made.digits(9),
  digits_10: () => made.digits(10),
  digits_11: () => made.digits(11),
  digits_13: () => made.digits(13),
  price: () => (made.random() * 1_000_000).toFixed(2),
  word: () => made.letters(8).toLowerCase(),
  sku: () => `${made.letters(3)}-${made.digits(5)}`,
  moment: () => `${made.date(1990, 2025)} ${made.whole(10, 23)}:${made.whole(10, 59)}:00`,
  phrase: () => `${made.letters(5)} ${made.letters(6)} ${made.whole(1, 99)}`,
};
const columns = Object.entries(kinds).map(([name, make]) => sample(name, make));
const table = Array.from({ length: columnCount }, (_, index) => columns[index % columns.length]!);

const figures: Figure[] = [
  {
    what: `${columnCount} columns of ${valueCount} values`,
    budget: 1_500,
    ...(await measure(() => detectPersonalData(table))),
  },
];
for (const column of columns) {
  figures.push({
    what: `one column: ${column.name}`,
    budget: 50,
    ...(await measure(() => detectPersonalData([column]))),
  });
}
const text = columns.find(({ name }) => name === 'notes')!.values;
figures.push({
  what: `finding in ${valueCount} texts`,
  ...(await measure(() => text.map((cell) => findInText(cell, ['US', 'DE'])))),
});
if (values.presidio) {
  const python = await pythonEnvironment('presidio', ['presidio-analyzer==2.2.366']);
  const script = path.join(import.meta.dirname, 'support', 'presidio.py');
  const answer = execFileSync(python, [script], { input: JSON.stringify(columns), maxBuffer: 2 ** 26 });
  const presidio: PresidioAnswer = JSON.parse(answer.toString());
  const ours = detectPersonalData(columns);
  console.table(
    columns.map(({ name }, index) => {
      const { entity, confidence } = ours[index]!;
      const theirs = presidio.columns[index]!;
      return {
        column: name,
        ours: entity === undefined ? '' : `${entity} ${confidence.toFixed(2)}`,
        presidio: theirs.entity === null ? '' : `${theirs.entity} in ${theirs.cells} cells`,
      };
    }),
  );
  for (const [index, { seconds }] of presidio.columns.entries()) {
    const what = `Presidio ${presidio.version}, one column: ${columns[index]!.name}`;
    figures.push({ what, unit: 'ms', rounds: [seconds * 1_000] });
  }
}
report('detect', figures);

interface PresidioAnswer {
  readonly version: string;
  readonly columns: readonly {
    readonly seconds: number;
    /** What most cells were taken for. */
    readonly entity: string | null;
    readonly cells: number;
  }[];
}

async function measure(work: () => unknown): Promise<Pick<Figure, 'unit' | 'rounds'>> {
  await time(work);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await time(work));
  }
  return { unit: 'ms', rounds: times };
}

function sample(name: string, make: () => string): SampledColumn {
  const distinct = new Set<string>();
  while (distinct.size < valueCount) {
    distinct.add(make());
  }
  return {
    name,
    type: 'VARCHAR',
    values: [...distinct],
    rowCount: 1_000_000,
    distinctCount: 900_000,
    nullCount: 0,
  };
}
