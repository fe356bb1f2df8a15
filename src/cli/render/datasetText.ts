import { formatRelativeTime, formatSize } from '../../base/format.ts';
import { originSentence } from '../../protocol/sentences.ts';
import type { DatasetList, DatasetState, DatasetSummary, DatasetVersion } from '../../protocol/versions.ts';
import { type Cell, renderTable, type StyleName, type TableOptions } from './table.ts';

const stateStyles: Record<DatasetState, StyleName> = {
  unchanged: 'green',
  modified: 'yellow',
  missing: 'red',
  damaged: 'red',
};

/** What there is, then what is in no version yet. */
export function renderStatus({ datasets, unversioned }: DatasetList, options: TableOptions): string {
  const known = renderTable(
    [{ title: 'DATASET' }, { title: 'VERSION' }, { title: 'STATE' }, { title: 'SIZE' }, { title: '' }],
    datasets.map((dataset): Cell[] => [
      folderName(dataset),
      currentVersion(dataset),
      { text: dataset.state, style: stateStyles[dataset.state] },
      formatSize(dataset),
      dataset.problem ??
        [
          ...(dataset.uncommitted ? ['pointer not committed'] : []),
          ...(dataset.origin ? [originSentence(dataset.origin)] : []),
        ].join('; '),
    ]),
    options,
  );
  const others = renderTable(
    [{ title: 'NOT VERSIONED' }, { title: '' }],
    unversioned.map((data): Cell[] => [folderName(data), formatSize({ bytes: data.bytes })]),
    options,
  );
  return [datasets.length > 0 ? known : '', unversioned.length > 0 ? others : '']
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Newest first, as git tells them; the present one is marked. */
export function renderVersions(
  versions: readonly DatasetVersion[],
  now: number,
  options: TableOptions,
): string {
  const table = renderTable(
    ['', 'VERSION', 'COMMIT', 'WHEN', 'AUTHOR', 'SIZE', 'MESSAGE', ''].map((title) => ({ title })),
    versions.map((version): Cell[] => [
      { text: version.current ? '*' : ' ', style: 'green' },
      { text: `v${version.number}`, style: 'bold' },
      version.commit.slice(0, 7),
      formatRelativeTime(version.time, now),
      version.author,
      formatSize(version),
      version.message.split('\n')[0]!,
      { text: version.cached ? '' : 'not in the cache', style: 'yellow' },
    ]),
    options,
  );
  const origins = versions.flatMap(({ number, origin }) =>
    origin ? [`v${number} was ${originSentence(origin)}`] : [],
  );
  return [table, ...(origins.length > 0 ? ['', ...origins] : [])].join('\n');
}

function folderName({ path, kind }: { readonly path: string; readonly kind: 'file' | 'folder' }): string {
  return kind === 'folder' ? `${path}/` : path;
}

function currentVersion({ currentVersion: current, versionCount }: DatasetSummary): string {
  if (current === undefined) {
    return versionCount > 0 ? `of ${versionCount}` : '';
  }
  return current === versionCount ? `v${current}` : `v${current} of ${versionCount}`;
}
