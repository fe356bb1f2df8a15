import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openRecipe, recipeChanged } from '../src/protocol/privacy.ts';
import { detectPersonalData } from '../src/service/privacy/detect/detectPersonalData.ts';
import { findInText } from '../src/service/privacy/detect/findInText.ts';
import { type SampledColumn, suggestFrom } from '../src/service/privacy/detect/findings.ts';
import { pythonEnvironment } from '../test/contract/python.ts';
import { writeRows } from '../test/service/data/tables.ts';
import { ServedFolder } from '../test/support/service.ts';
import { labelledColumns, sampleOf } from '../test/unit/service/privacy/detect/labelledTable.ts';
import { PersonalValues } from '../test/unit/service/privacy/detect/personalValues.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Finding personal data, first as a user meets it: the recipe that the delivered service proposes for a CSV table of
 * 1,000,000 rows and 50 columns, from the request to the answer, by a service that was just started and by one that
 * has seen a table. It looks at pieces from all over the file; the time until all rows were read is told beside it.
 * Then the detectors alone, in samples of 1,000 distinct values: `node bench/detect.ts [--rounds N] [--rows N]`.
 * Half of the columns are personal, half are not; each kind is also measured by itself with all detectors, because
 * the slowest column decides how long a person waits for the first answer.
 * `--presidio` puts Presidio's analyzer beside it, on the same columns and on the labelled table of the tests, of which
 * is known what is personal; it makes a Python environment for it once.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    rows: { type: 'string', default: '1000000' },
    presidio: { type: 'boolean', default: false },
  },
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
  ...(await proposed(Number(values.rows))),
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
  const analyse = (asked: readonly SampledColumn[]): PresidioAnswer => {
    const script = path.join(import.meta.dirname, 'support', 'presidio.py');
    const answer = execFileSync(python, [script], { input: JSON.stringify(asked), maxBuffer: 2 ** 26 });
    return JSON.parse(answer.toString());
  };
  const presidio = analyse(columns);
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
  figures.push(...(await compared(analyse)));
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

/** The recipe of a large table, as the page of a recipe asks for it. */
async function proposed(rows: number): Promise<Figure[]> {
  const what = `${rows} rows × ${columnCount} columns in the service`;
  const folder = new ServedFolder();
  try {
    const file = path.join(folder.root, 'people.csv');
    writePeople(file, rows);
    folder.write('small.csv', 'mail,age\nada@example.org,36\n');
    const begin = performance.now();
    const { connection } = await folder.attach({ idleSeconds: 600 });
    const allRead = new Promise<number>((resolve) => {
      connection.on(recipeChanged, () => resolve(performance.now() - begin));
    });
    const state = await connection.send(openRecipe, { path: 'people.csv' });
    const cold = performance.now() - begin;
    const whole = await allRead;
    const warm: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      // Another time of the file is another table to the service.
      fs.utimesSync(file, 1e9 + round, 1e9 + round);
      const told = new Promise<void>((resolve) => {
        connection.on(recipeChanged, () => resolve());
      });
      warm.push(await time(() => connection.send(openRecipe, { path: 'people.csv' })));
      await told;
    }
    const found = state.columns.filter(({ role }) => role !== 'other').length;
    console.log(
      `${found} of ${state.columns.length} columns are proposed as personal, from ${state.input.sampledRows} rows.`,
    );
    return [
      { what: `${what}: size`, unit: 'MB', rounds: [fs.statSync(file).size / 1e6] },
      { what: `${what}: proposed`, unit: 'ms', rounds: warm, budget: 3000 },
      { what: `${what}: proposed, the service to be started`, unit: 'ms', rounds: [cold], budget: 3000 },
      { what: `${what}: until all rows were read`, unit: 'ms', rounds: [whole] },
    ];
  } finally {
    await folder.dispose();
  }
}

/** The labelled table's first columns; its rows come again, because a million names take long to make. */
function writePeople(file: string, rows: number): void {
  const people = new PersonalValues(5);
  const chosen = labelledColumns.slice(0, columnCount);
  const lines = Array.from({ length: Math.min(rows, 20_000) }, (_, row) =>
    chosen.map(({ make }) => quoted(make(people, row + 1))).join(','),
  );
  writeRows(file, chosen.map(({ name }) => name).join(','), rows, (row) => lines[row % lines.length]!);
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Both on the table of which is known what is personal. A column counts as found whatever it was taken for. */
async function compared(analyse: (asked: readonly SampledColumn[]) => PresidioAnswer): Promise<Figure[]> {
  const rowCount = 100;
  const people = new PersonalValues(1);
  const sampled = labelledColumns.map((label) => sampleOf(label, people, rowCount));
  const peer = analyse(sampled);
  // A tenth of the cells: of dates and amounts it takes a few for something by chance.
  const theirs = peer.columns.map(({ cells }, index) => cells >= sampled[index]!.values.length / 10);
  const ours = detectPersonalData(sampled).map(({ confidence }) => confidence >= suggestFrom);
  const personal = labelledColumns.map(({ entity }) => entity !== undefined);
  console.table({
    ours: accuracy(ours, personal),
    [`Presidio ${peer.version}`]: accuracy(theirs, personal),
  });
  const seconds = peer.columns.reduce((sum, answer) => sum + answer.seconds, 0);
  const what = `the labelled table, ${labelledColumns.length} columns of ${rowCount} values`;
  return [
    { what, ...(await measure(() => detectPersonalData(sampled))) },
    { what: `${what}: Presidio ${peer.version}`, unit: 'ms', rounds: [seconds * 1000] },
  ];
}

function accuracy(found: readonly boolean[], personal: readonly boolean[]) {
  const right = found.filter((is, index) => is && personal[index]).length;
  const share = (of: number) => Number((right / of).toFixed(3));
  return {
    precision: share(found.filter(Boolean).length),
    recall: share(personal.filter(Boolean).length),
    columns: found.length,
  };
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
