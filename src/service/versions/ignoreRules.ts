import fs from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { toPosix } from './files.ts';

/** `.dvcignore` files from DVC's root down: git's pattern syntax, nearer files after farther ones. */
export class IgnoreRules {
  readonly #root: string;
  readonly #folders = new Map<string, Ignore | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** For a path whose parents are not ignored themselves; walkers ask from the top down. */
  ignores(file: string, isFolder: boolean): boolean {
    let ignored = false;
    for (const folder of this.#ancestors(path.dirname(file))) {
      const rules = this.#rules(folder);
      if (rules) {
        const relative = toPosix(path.relative(folder, file)) + (isFolder ? '/' : '');
        const result = rules.test(relative);
        ignored = result.ignored || (ignored && !result.unignored);
      }
    }
    return ignored;
  }

  /** Also through a parent; for the target itself. */
  ignoresAnyParent(file: string, isFolder: boolean): boolean {
    const relative = path.relative(this.#root, file).split(path.sep);
    return relative.some((_, index) =>
      this.ignores(
        path.join(this.#root, ...relative.slice(0, index + 1)),
        index < relative.length - 1 || isFolder,
      ),
    );
  }

  #ancestors(folder: string): string[] {
    const relative = path.relative(this.#root, folder);
    const parts = relative === '' ? [] : relative.split(path.sep);
    return [this.#root, ...parts.map((_, index) => path.join(this.#root, ...parts.slice(0, index + 1)))];
  }

  #rules(folder: string): Ignore | undefined {
    if (!this.#folders.has(folder)) {
      this.#folders.set(folder, readRules(path.join(folder, '.dvcignore')));
    }
    return this.#folders.get(folder);
  }
}

/** Undefined when there is nothing in it but comments, which is what `dvc init` writes. */
function readRules(file: string): Ignore | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  // DVC strips each line before it reads the pattern.
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return patterns.length > 0
    ? ignore({ allowRelativePaths: false, ignorecase: false }).add(patterns)
    : undefined;
}
