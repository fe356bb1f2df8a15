import { expect, it } from 'vitest';
import { renderStatus, renderVersions } from '../../../src/cli/render/datasetText.ts';
import { plainStyle } from '../../../src/cli/render/table.ts';
import type { DatasetSummary, DatasetVersion } from '../../../src/protocol/versions.ts';

const plain = { style: plainStyle };
const now = Date.UTC(2026, 4, 3, 12);

const penguins: DatasetSummary = {
  path: 'data/penguins.csv',
  pointer: 'data/penguins.csv.dvc',
  kind: 'file',
  state: 'modified',
  hash: 'a',
  bytes: 15_200,
  currentVersion: 2,
  versionCount: 3,
  uncommitted: true,
};

it('lists datasets with their state, then what is in no version', () => {
  const images: DatasetSummary = {
    ...penguins,
    path: 'images',
    kind: 'folder',
    state: 'unchanged',
    files: 12_480,
    bytes: 3.4e9,
    currentVersion: 1,
    versionCount: 1,
    uncommitted: false,
  };
  const damaged: DatasetSummary = {
    ...penguins,
    path: 'x.csv',
    state: 'damaged',
    currentVersion: undefined,
    versionCount: 0,
    bytes: undefined,
    problem: 'x.csv.dvc, line 2: not YAML',
  };
  const list = {
    repository: true,
    datasets: [penguins, images, damaged],
    unversioned: [{ path: 'new.csv', kind: 'file' as const, bytes: 12 }],
  };
  expect(renderStatus(list, plain)).toBe(
    `DATASET            VERSION  STATE      SIZE
data/penguins.csv  v2 of 3  modified   15.2 KB               pointer not committed
images/            v1       unchanged  12,480 files, 3.4 GB
x.csv                       damaged                          x.csv.dvc, line 2: not YAML

NOT VERSIONED
new.csv        12 bytes`,
  );
});

it('says nothing about an empty folder', () => {
  expect(renderStatus({ repository: true, datasets: [], unversioned: [] }, plain)).toBe('');
});

it('lists versions, the present one marked', () => {
  const version: DatasetVersion = {
    number: 2,
    hash: 'b',
    bytes: 15_200,
    commit: '9f8e7d6aaaa',
    message: 'Add 2009 season\n\nmore',
    author: 'Ada',
    time: now - 3 * 86_400_000,
    cached: true,
    current: true,
  };
  expect(
    renderVersions([version, { ...version, number: 1, current: false, cached: false }], now, plain),
  ).toBe(
    `   VERSION  COMMIT   WHEN     AUTHOR  SIZE     MESSAGE
*  v2       9f8e7d6  3 d ago  Ada     15.2 KB  Add 2009 season
   v1       9f8e7d6  3 d ago  Ada     15.2 KB  Add 2009 season  not in the cache`,
  );
});
