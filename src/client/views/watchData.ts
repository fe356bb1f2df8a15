import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import type { DatasetsTree } from './datasetsTree.ts';

/** Pointers, data files of the usual kinds, and the commits that move versions. */
const watched = [
  '**/*.dvc',
  '**/*.{csv,tsv,parquet,json,jsonl,arrow,feather,npy,npz,xlsx,h5,pkl,zip}',
  '**/.git/logs/HEAD',
];

/** The tree follows what the user, git or `dvc` changes outside our commands. */
export function watchData(tree: DatasetsTree): Disposable {
  const disposables = new DisposableStore();
  for (const pattern of watched) {
    const watcher = disposables.add(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      disposables.add(event(({ path }) => path.includes('/.mlops/') || tree.refresh()));
    }
  }
  return disposables;
}
