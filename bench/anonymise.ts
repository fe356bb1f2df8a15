import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { applyRecipe, handKey, openRecipe, previewRecipe } from '../src/protocol/privacy.ts';
import { openDuckdb, sqlString } from '../src/service/storage/duckdb.ts';
import { writeRows } from '../test/service/data/tables.ts';
import { sharedData } from '../test/service/privacy/scene.ts';
import { ServedFolder } from '../test/support/service.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * What the panel waits for: the preview of the recipe that is proposed for Adult, 32,561 rows with 8 quasi-identifiers,
 * right after it was opened and again. Then a keyed pseudonym and keyed noise on 2,000,000 rows in the delivered service, beside a plain copy by DuckDB in the
 * same run; then the most memory that the service ever had with 1,000,000 and with 20,000,000 rows.
 * `node bench/anonymise.ts [--rows N] [--long N]`, where 0 leaves out what takes long. Written: from the request to the verified file; the report, which
 * is made of a sample, comes after it and is told by itself.
 */

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '2000000' }, long: { type: 'string', default: '20000000' } },
});
const rows = Number(values.rows);
const long = Number(values.long);

const recipe = `version: 1
dataset: bench
release: first
key: { id: team }
input: { path: table.csv }
output: { path: out.csv }
columns:
  id: { method: keep }
  email: { method: pseudonym, role: directIdentifier }
  amount: { method: noise, role: sensitive, scale: 100 }
  city: { method: keep }
`;

const figures = [
  ...(await adultPreviewed()),
  ...(rows > 0 ? await anonymised(rows, rows / 500_000) : []),
  ...(rows > 0 ? await anonymised(1_000_000) : []),
  ...(long > 0 ? await anonymised(long) : []),
];
report('anonymise', figures);

/** As the panel asks it, of a draft that nobody has saved. */
async function adultPreviewed(): Promise<Figure[]> {
  const folder = new ServedFolder();
  try {
    fs.copyFileSync(path.join(sharedData, 'adult', 'adult.csv'), path.join(folder.root, 'adult.csv'));
    const { connection } = await folder.attach({ idleSeconds: 600 });
    let recipe = '';
    const opened = await time(async () => {
      recipe = (await connection.send(openRecipe, { path: 'adult.csv' })).recipe;
    });
    const preview = () => time(() => connection.send(previewRecipe, { recipe, rows: 10 }));
    const first = await preview();
    const again = [await preview(), await preview(), await preview()];
    return [
      { what: 'Adult: recipe proposed', unit: 'ms', rounds: [opened] },
      { what: 'Adult: first preview', unit: 'ms', rounds: [first], budget: 2000 },
      { what: 'Adult: preview again', unit: 'ms', rounds: again, budget: 2000 },
    ];
  } finally {
    await folder.dispose();
  }
}

/** `seconds`: the most that writing may take. */
async function anonymised(count: number, seconds?: number): Promise<Figure[]> {
  const folder = new ServedFolder();
  try {
    const file = path.join(folder.root, 'table.csv');
    writeRows(
      file,
      'id,email,amount,city',
      count,
      (at) => `${at},person${(at * 7919) % count}@example.org,${(at * 104_729) % 1_000_000},city ${at % 97}`,
    );
    fs.writeFileSync(path.join(folder.root, 'table.anonymise.yaml'), recipe);
    const { connection, welcome } = await folder.attach({ idleSeconds: 600 });
    await connection.send(handKey, { id: 'team', key: Buffer.alloc(32, 5).toString('base64') });
    const copy = seconds === undefined ? undefined : await plainCopy(file, folder.root);
    const begin = performance.now();
    let written = 0;
    const whole = await time(() =>
      connection.send(
        applyRecipe,
        { recipe: 'table.anonymise.yaml' },
        {
          onProgress: ({ message }) => {
            if (written === 0 && message === 'Measuring risk and use') {
              written = performance.now() - begin;
            }
          },
        },
      ),
    );
    const one = (what: string, unit: Figure['unit'], value: number, budget?: number): Figure => ({
      what: `${count} rows: ${what}`,
      unit,
      rounds: [value],
      ...(budget !== undefined && { budget }),
    });
    return [
      one('size', 'MB', fs.statSync(file).size / 1e6),
      ...(copy === undefined ? [] : [one('plain DuckDB copy', 'ms', copy)]),
      one('pseudonym and noise, written and verified', 'ms', written, seconds && seconds * 1000),
      one('with the report', 'ms', whole),
      one('peak memory of the service', 'MB', peakMegabytes(welcome.processId)),
    ];
  } finally {
    await folder.dispose();
  }
}

async function plainCopy(file: string, folder: string): Promise<number> {
  const scratch = path.join(folder, 'copy');
  fs.mkdirSync(scratch);
  const database = await openDuckdb({ scratch, files: [file] });
  try {
    const source = `read_csv(${sqlString(file)}, header = true, all_varchar = true)`;
    return await time(() =>
      database.run(
        `COPY (SELECT * FROM ${source}) TO ${sqlString(path.join(scratch, 'copy.csv'))} (FORMAT csv)`,
      ),
    );
  } finally {
    database.dispose();
  }
}

/** As Linux counts it. */
function peakMegabytes(processId: number): number {
  const [, kilobytes = '0'] =
    /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
}
