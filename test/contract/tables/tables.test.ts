import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { profileData } from '../../../src/protocol/data.ts';
import { applyRecipe, handKey, restoreData } from '../../../src/protocol/privacy.ts';
import { refusal, Scene } from '../../service/privacy/scene.ts';
import { pythonEnvironment } from '../python.ts';

/** Tables that pyarrow and pandas wrote are anonymised, and what is written they read again as it was. */

vi.setConfig({ testTimeout: 120_000 });

const script = path.join(import.meta.dirname, 'tables.py');
let python: string;
let scene: Scene;

beforeAll(async () => {
  python = await pythonEnvironment('tables', ['pandas==3.1.1', 'pyarrow==25.0.1']);
  scene = new Scene();
  await scene.start();
  run('write', scene.root);
  await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
}, 900_000);

afterAll(() => scene.dispose());

function run(...words: string[]): string {
  return execFileSync(python, [script, ...words], { encoding: 'utf8' });
}

function compare(theirs: string, ours: string): Record<string, string> {
  const [one, other] = [theirs, ours].map((name) => path.join(scene.root, name));
  return JSON.parse(run('compare', one!, other!));
}

let applied = 0;

/** What `columns` does not name is kept. */
async function apply(
  input: string,
  columns: readonly string[],
  more: readonly string[] = [],
): Promise<{ recipe: string; output: string }> {
  applied += 1;
  const recipe = `${applied}-${input.replace('.', '-')}.anonymise.yaml`;
  const output = `out-${applied}-${input}`;
  scene.write(
    recipe,
    [
      'version: 1',
      `dataset: ${applied}-${input.replace('.', '-')}`,
      'release: first',
      'key: { id: team }',
      `input: { path: ${input} }`,
      `output: { path: ${output} }`,
      ...more,
      'otherColumns: keep',
      'columns:',
      ...columns.map((column) => `  ${column}`),
      '',
    ].join('\n'),
  );
  await scene.connection.send(applyRecipe, { recipe });
  return { recipe, output };
}

const plainTypes = {
  id: 'integer',
  email: 'text',
  city: 'text',
  amount: 'decimal',
  huge: 'decimal',
  seen: 'timestamp',
  changed: 'timestamp',
  local: 'timestamp',
  nano: 'timestamp',
  day: 'date',
  clock: 'time',
  flag: 'boolean',
  tiny: 'integer',
  unsigned: 'integer',
  ratio: 'number',
  single: 'number',
  raw: 'binary',
  note: 'text',
  nothing: 'text',
};

/** Of the types that are other ones afterwards the values are the same: a zone's name and a dictionary are not kept. */
const equal = Object.fromEntries(Object.keys(plainTypes).map((name) => [name, 'equal']));
const kept = {
  ...equal,
  city: 'dictionary<values=string, indices=int32, ordered=0> -> string',
  seen: 'timestamp[us, tz=Europe/Berlin] -> timestamp[us, tz=UTC]',
  changed: 'timestamp[ms, tz=UTC] -> timestamp[us, tz=UTC]',
  note: 'large_string -> string',
};

const parquetFiles = ['snappy', 'zstd', 'gzip', 'lz4', 'brotli', 'none'].map((name) => `${name}.parquet`);
const arrowFiles = ['lz4.feather', 'zstd.feather', 'uncompressed.feather', 'plain.arrow'];

describe('profiled', () => {
  it.each([...parquetFiles, ...arrowFiles])(
    '%s: every type, what is missing, and the ends',
    async (input) => {
      const { columns, basis } = await scene.connection.send(profileData, { path: input });
      expect(basis).toMatchObject({ rows: 240 });
      expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual(plainTypes);
      const found = Object.fromEntries(columns.map((column) => [column.name, column]));
      expect(found.nothing!.missing).toBe(240);
      expect([found.city!.missing, found.flag!.missing, found.id!.missing]).toEqual([34, 48, 0]);
      expect(found.id).toMatchObject({
        minimum: '9007199254740993',
        maximum: '9007199254741232',
        distinct: 240,
      });
      expect(found.unsigned).toMatchObject({ maximum: '18446744073709551615', distinct: 240 });
      expect(found.huge).toMatchObject({ maximum: `-${10n ** 37n}`, distinct: 206 });
      expect(found.amount).toMatchObject({ minimum: '-500.00' });
      expect(found.nano!.distinct).toBe(240);
      expect(found.seen!.minimum).toMatch(/^1890-03-25 00:00:00/);
      // Its ends are numbers, although it has what is none.
      expect(found.ratio).toMatchObject({ minimum: 0, missing: 0 });
      expect(found.ratio!.maximum).toBeCloseTo(239 / 7, 10);
      expect(found.ratio!.top.map(({ value }) => value)).toEqual(expect.arrayContaining(['NaN', '∞']));
    },
  );

  it.each(['nested.parquet', 'nested.feather'])(
    '%s: lists and records are shown as nested',
    async (input) => {
      const { columns, notices } = await scene.connection.send(profileData, { path: input });
      expect(columns.map(({ type }) => type)).toEqual(['integer', 'nested', 'nested']);
      const told = notices.filter(({ code }) => code === 'nestedAsText').map(({ message }) => message);
      expect(told).toHaveLength(input.endsWith('.feather') ? 2 : 0);
    },
  );

  it('an Arrow stream is refused, and told how to be written', async () => {
    const refused = await refusal(scene.connection.send(profileData, { path: 'stream.arrow' }));
    expect(refused.message).toContain('it is an Arrow stream: write it as an Arrow file');
  });
});

describe('what is kept is read again as it was', () => {
  it.each(['snappy.parquet', 'brotli.parquet'])('%s', async (input) => {
    const { output } = await apply(input, ['id: { method: keep }']);
    expect(compare(input, output)).toEqual({ ...kept, local: 'timestamp[ms] -> timestamp[us]' });
  });

  it.each(arrowFiles)('%s', async (input) => {
    const { output } = await apply(input, ['id: { method: keep }']);
    expect(compare(input, output)).toEqual({ ...kept, local: 'timestamp[s] -> timestamp[us]' });
  });

  it('lists and records: of Parquet as they are, of Arrow as JSON text', async () => {
    const parquet = await apply('nested.parquet', ['id: { method: keep }']);
    expect(compare('nested.parquet', parquet.output)).toEqual({ id: 'equal', tags: 'equal', place: 'equal' });
    const arrow = await apply('nested.feather', ['id: { method: keep }']);
    expect(compare('nested.feather', arrow.output)).toMatchObject({ id: 'equal', tags: 'other values' });
  });

  it.each(['records.json', 'lines.jsonl', 'pandas.parquet', 'pandas.feather'])(
    '%s of pandas',
    async (input) => {
      const { output } = await apply(input, ['city: { method: keep }']);
      const found = Object.values(compare(input, output));
      expect(found).toHaveLength(6);
      // Texts and categories of pandas come back as the texts that they are.
      expect(found.filter((each) => !/^equal$|-> string$/.test(each))).toEqual([]);
    },
  );
});

it.each(['zstd.parquet', 'zstd.feather'])(
  '%s: what is changed is changed, and comes back with the key',
  async (input) => {
    const { recipe, output } = await apply(
      input,
      [
        'email: { method: pseudonym, role: directIdentifier }',
        'amount: { method: noise, scale: 25 }',
        'day: { method: dateShift, days: 30 }',
        'nothing: { method: drop }',
      ],
      ['subject: email'],
    );
    const changed = ['email', 'amount', 'day'];
    const released = compare(input, output);
    expect(changed.map((name) => released[name])).toEqual(['other values', 'other values', 'other values']);
    expect(released.nothing).toBe('missing');
    expect(released.id).toBe('equal');
    await scene.connection.send(restoreData, { recipe, input: output, output: `back-${input}` });
    const back = compare(input, `back-${input}`);
    expect([back.amount, back.day, back.email]).toEqual(['equal', 'equal', 'other values']);
  },
);
