import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetList, DatasetVersion, VersionResult } from '../../../src/protocol/versions.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;
const data = 'data ü/my penguins.csv';

beforeEach(() => {
  folder = new TypedFolder();
  folder.write(data, 'species\nAdelie\n');
});

afterEach(() => folder.dispose());

function makeRepository(): void {
  folder.git('init', '--quiet', '--initial-branch', 'main');
  folder.git('config', 'user.name', 'Ada');
  folder.git('config', 'user.email', 'ada@example.com');
}

describe('without a repository', () => {
  it('says how to get one, and lists the data all the same', async () => {
    const refused = await folder.mlops('version', data);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('is not in a git repository');
    expect(refused.stderr).toContain('git init');
    const { exitCode, stdout, stderr } = await folder.mlops('status');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(data);
    expect(stderr).toContain('not in a git repository');
  });
});

describe('with one', () => {
  beforeEach(makeRepository);

  it('keeps versions, lists them and brings one back', async () => {
    const first = await folder.mlops('version', data, '-m', 'Erste “Fassung”');
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(/^data ü\/my penguins\.csv is now v1 \(15 bytes\), commit [0-9a-f]{7}\.\n$/);
    folder.write(data, 'species\nAdelie\nGentoo\n');
    expect((await folder.mlops('status')).stdout).toMatch(/^data ü\/my penguins\.csv +v1 +modified +/m);
    const second = await folder.json<VersionResult>('version', data);
    expect(second).toMatchObject({ version: 2, unchanged: false });
    expect((await folder.mlops('version', data)).stdout).toContain(
      'is unchanged since v2. Nothing was written.',
    );

    const { stdout } = await folder.mlops('versions', data);
    expect(stdout).toMatch(/^\* +v2 +[0-9a-f]{7} +just now +Ada +22 bytes/m);
    expect(stdout).toMatch(/^ +v1 +[0-9a-f]{7} +just now +Ada +15 bytes +Erste “Fassung”$/m);
    const { versions } = await folder.json<{ versions: DatasetVersion[] }>('versions', `${data}.dvc`);
    expect(versions.map(({ number }) => number)).toEqual([2, 1]);

    const checkout = await folder.mlops('checkout', data, 'v1');
    expect(checkout).toMatchObject({ exitCode: 0, stdout: `${data} is v1 again.\n` });
    expect(folder.read(data)).toBe('species\nAdelie\n');
  });

  it('does not overwrite what is in no version, unless told to', async () => {
    await folder.mlops('version', data);
    folder.write(data, 'precious\n');
    const refused = await folder.mlops('checkout', data);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('add --overwrite');
    expect(folder.read(data)).toBe('precious\n');
    expect((await folder.mlops('checkout', '--overwrite', data)).exitCode).toBe(0);
    expect(folder.read(data)).toBe('species\nAdelie\n');
  });

  it('understands paths from where they are typed', async () => {
    const { exitCode, stdout } = await folder.start(['version', 'my penguins.csv'], { in: 'data ü' }).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${data} is now v1`);
    const list = await folder.json<DatasetList>('status');
    expect(list.datasets).toMatchObject([{ path: data, state: 'unchanged' }]);
  });

  it('refuses data that is not there or lies elsewhere', async () => {
    expect((await folder.mlops('version', 'nothing.csv')).stderr).toContain(
      'There is no file or folder nothing.csv.',
    );
    expect((await folder.mlops('version', '../elsewhere.csv')).exitCode).toBe(1);
    expect(await folder.mlops('versions', data)).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
