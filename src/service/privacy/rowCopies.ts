import fs from 'node:fs';
import path from 'node:path';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import { fileStamp, rowsFile } from '../data/rowCopy.ts';

/** The copies of inputs that finished jobs have left: whoever works on the same file next need not read it again. */
export interface RowCopies extends Disposable {
  /** The copy of a file as it is now; it stays where it is until it is released. */
  borrow(file: string): { readonly folder: string; release(): void } | undefined;
  /** Takes over a copy of a file that a job has made. */
  keep(file: string, stamp: string, folder: string): void;
}

/** An input and its output are looked at in turn; who works on more tables than that waits a little longer. */
const mostCopies = 3;
const mostBytes = 4e9;

interface Kept {
  readonly file: string;
  readonly stamp: string;
  readonly folder: string;
  readonly bytes: number;
  users: number;
}

export function createRowCopies(root: string): RowCopies {
  let kept: readonly Kept[] = [];
  let made = 0;

  const drop = (copy: Kept) => {
    kept = kept.filter((each) => each !== copy);
    fs.rmSync(copy.folder, { recursive: true, force: true });
  };
  /** The newest stay. */
  const tidy = () => {
    let bytes = 0;
    for (const [index, copy] of [...kept].reverse().entries()) {
      bytes += copy.bytes;
      const isOld = fileStamp(copy.file) !== copy.stamp;
      if (copy.users === 0 && (isOld || index >= mostCopies || bytes > mostBytes)) {
        drop(copy);
      }
    }
  };
  return {
    borrow: (file) => {
      tidy();
      const stamp = fileStamp(file);
      const copy = kept.find((each) => each.file === file && each.stamp === stamp);
      if (!copy) {
        return undefined;
      }
      copy.users += 1;
      return {
        folder: copy.folder,
        release: () => {
          copy.users -= 1;
        },
      };
    },
    keep: (file, stamp, folder) => {
      const found = fs.statSync(rowsFile(folder), { throwIfNoEntry: false });
      const isKnown = kept.some((each) => each.file === file && each.stamp === stamp);
      if (!found || isKnown || fileStamp(file) !== stamp) {
        return;
      }
      made += 1;
      const own = path.join(root, `rows-${made}`);
      fs.renameSync(folder, own);
      kept = [...kept, { file, stamp, folder: own, bytes: found.size, users: 0 }];
      tidy();
    },
    dispose: toDisposable(() => {
      for (const copy of kept) {
        drop(copy);
      }
    }).dispose,
  };
}
