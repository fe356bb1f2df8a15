import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createFf1 } from '../src/service/privacy/methods/ff1.ts';
import { rowUniforms } from '../src/service/privacy/methods/keystream.ts';
import { mdavGroups } from '../src/service/privacy/methods/microaggregation.ts';
import { type NoiseOptions, noiseOnCell } from '../src/service/privacy/methods/noise.ts';
import { addNoiseToWords } from '../src/service/privacy/methods/noiseOnWords.ts';
import { pseudonym, pseudonymCodes, pseudonymSql } from '../src/service/privacy/methods/pseudonym.ts';
import { rankSwap } from '../src/service/privacy/methods/rankSwap.ts';
import { textPieces } from '../test/unit/service/privacy/duckdb.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * What the methods of anonymisation cost: `node bench/transform.ts [--rounds N]`. Each figure is for 1,000,000 cells
 * unless it says otherwise, so 1,250 ms are 800,000 cells a second and 200 ms are 5,000,000.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const million = 1_000_000;
const key = Buffer.alloc(32, 7);
const text = { kind: 'text' } as const;
const code = { length: 16, prefix: 'p_', normalise: [] };
const noise: NoiseOptions = { distribution: 'laplace', scale: 500, decimals: 2, round: false };

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(
  `CREATE TABLE t AS SELECT 'person-' || (i * 7919) AS v, i * 100 AS n FROM range(${million}) r(i)`,
);
const names = Array.from({ length: million }, (_, row) => `person-${row * 7919}`);
const batches = Array.from({ length: Math.ceil(million / 2048) }, (_, at) =>
  textPieces(names.slice(2048 * at, 2048 * (at + 1)).map((name) => `s:${name}`)),
);
const units = BigInt64Array.from(names, (_, row) => BigInt(row * 100));
const cells = names.slice(0, million / 10).map((_, row) => `${row}.25`);
const doubles = Float64Array.from(names, (_, row) => (row * 7919) % 1_000_003);

report('transform', [
  await figure('pseudonyms in SQL', 1250, () => runPseudonyms(connection)),
  await figure('pseudonyms four at a time', 800, pseudonymsInBatches),
  await figure('pseudonyms in JavaScript, 100,000', undefined, pseudonymsInJavaScript),
  await figure('HMAC of Node alone, 100,000', undefined, hmacAlone),
  await figure('Laplace noise on words', 200, () => onWords(noise)),
  await figure('Gaussian noise on words', 200, () => onWords({ ...noise, distribution: 'gaussian' })),
  await figure('Laplace noise from DuckDB’s column and back', 200, () => throughDuckDb(connection)),
  await figure('Laplace noise on exact text, 100,000', undefined, onText),
  await figure('FF1 of 16 digits, 10,000', undefined, encrypt),
  await figure('rank swap', undefined, () => rankSwap(key, doubles, { percent: 5 })),
  await figure('MDAV, k = 5, 10,000 rows of 3 columns', undefined, () =>
    mdavGroups(
      [doubles.subarray(0, 10_000), doubles.subarray(10_000, 20_000), doubles.subarray(5000, 15_000)],
      {
        k: 5,
      },
    ),
  ),
]);
connection.closeSync();
instance.closeSync();

async function figure(what: string, budget: number | undefined, work: () => unknown): Promise<Figure> {
  await work();
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    taken.push(await time(work));
  }
  return { what, unit: 'ms', rounds: taken, ...(budget !== undefined && { budget }) };
}

async function runPseudonyms(database: DuckDBConnection): Promise<void> {
  const expression = pseudonymSql(key, 'v', text, code)!;
  const statement = await database.prepare(
    `CREATE OR REPLACE TABLE o AS SELECT ${expression.sql} AS v FROM t`,
  );
  for (const [index, value] of expression.values.entries()) {
    value instanceof Uint8Array
      ? statement.bindBlob(index + 1, value)
      : statement.bindVarchar(index + 1, String(value));
  }
  await statement.run();
  statement.destroySync();
}

function pseudonymsInBatches(): void {
  const transform = pseudonymCodes(key, code);
  for (const batch of batches) {
    transform(batch);
  }
}

function pseudonymsInJavaScript(): void {
  const transform = pseudonym(key, text, code);
  for (let row = 0; row < million / 10; row += 1) {
    transform(names[row]!, row);
  }
}

function hmacAlone(): void {
  for (let row = 0; row < million / 10; row += 1) {
    createHmac('sha256', key).update(names[row]!).digest();
  }
}

function onWords(options: NoiseOptions): void {
  for (let row = 0; row < million; row += 50_000) {
    const batch = units.subarray(row, row + 50_000);
    addNoiseToWords(batch, rowUniforms(key, row, batch.length), options, 'n', 1);
  }
}

/** Read chunk by chunk, with noise, and appended to another table: what a transform of a whole table does. */
async function throughDuckDb(database: DuckDBConnection): Promise<void> {
  await database.run('CREATE OR REPLACE TABLE o (n BIGINT)');
  const appender = await database.createAppender('o');
  const result = await database.stream('SELECT n FROM t');
  let firstRow = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const column = BigInt64Array.from(chunk.getColumnValues(0) as bigint[]);
    const noisy = addNoiseToWords(column, rowUniforms(key, firstRow, column.length), noise, 'n', 1);
    firstRow += column.length;
    chunk.setColumnValues(0, Array.from(noisy as BigInt64Array));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function onText(): void {
  const onCell = noiseOnCell(noise, 'n', 1);
  const uniforms = rowUniforms(key, 0, cells.length);
  for (const [row, cell] of cells.entries()) {
    onCell(cell, uniforms[row]!, row);
  }
}

function encrypt(): void {
  const ff1 = createFf1(key, 10);
  const digits = Array.from('4111111111111111', Number);
  for (let row = 0; row < 10_000; row += 1) {
    digits[row % 16] = row % 10;
    ff1.encrypt(digits, key);
  }
}
