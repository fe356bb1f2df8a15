import fs from 'node:fs';
import path from 'node:path';
import {
  conflictedIndex,
  gitRefused,
  noIdentity,
  operationInProgress,
  pointerIgnored,
  trackedByGit,
} from './errors.ts';
import { type Git, gitSaid, literally } from './git.ts';
import type { Target } from './target.ts';

export interface GitFacts {
  /** Git ignores the data already, by whatever rule. */
  readonly ignored: boolean;
}

/** Everything about git that could stop the commit, found out before anything is written. */
export async function checkGit(git: Git, target: Target, pointerFile: string): Promise<GitFacts> {
  const operation = operationUnderWay(git.gitFolder);
  if (operation) {
    throw operationInProgress(target.name, operation);
  }
  const data = git.relative(target.data);
  const pointer = git.relative(pointerFile);
  const ignoreFile = path.posix.join(path.posix.dirname(data), '.gitignore');
  const [index, rules] = await Promise.all([
    git.run(['ls-files', '--stage', '-z', '--', ...[data, pointer, ignoreFile].map(literally)]),
    git.run(['check-ignore', '--verbose', '--non-matching', '-z', '--stdin'], {
      input: `${pointer}\0${data}\0`,
      alsoFine: 1,
    }),
    requireIdentity(git, target),
  ]).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error
      ? error
      : gitRefused(`look at ${target.name}`, gitSaid(error));
  });
  refuseIndexState(index, target, new Set([pointer, ignoreFile]));
  const [pointerRule, dataRule] = parseRules(rules);
  if (pointerRule) {
    throw pointerIgnored(target.name, pointer, pointerRule);
  }
  return { ignored: dataRule !== undefined };
}

async function requireIdentity(git: Git, target: Target): Promise<void> {
  try {
    await Promise.all([git.run(['var', 'GIT_COMMITTER_IDENT']), git.run(['var', 'GIT_AUTHOR_IDENT'])]);
  } catch {
    throw noIdentity(target.name);
  }
}

/** Git keeps a file or folder for each operation that waits for the user. */
function operationUnderWay(gitFolder: string): string | undefined {
  const signs: readonly (readonly [string, string])[] = [
    ['MERGE_HEAD', 'merge'],
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
  ];
  return signs.find(([name]) => fs.existsSync(path.join(gitFolder, name)))?.[1];
}

/** Lines `mode id stage<TAB>path`; a stage above 0 is a conflict. */
function refuseIndexState(index: string, target: Target, ours: ReadonlySet<string>): void {
  const lines = index.split('\0').filter((line) => line !== '');
  const entries = lines.map((line) => {
    const tab = line.indexOf('\t');
    return { file: line.slice(tab + 1), conflicted: !line.slice(0, tab).endsWith(' 0') };
  });
  const conflict = entries.find((entry) => entry.conflicted);
  if (conflict) {
    throw conflictedIndex(target.name, conflict.file);
  }
  const tracked = entries.filter(({ file }) => !ours.has(file));
  if (tracked.length > 0) {
    throw trackedByGit(target.name, tracked.length);
  }
}

/** Fields source, line, pattern and path for each path asked; an empty pattern matched nothing. */
function parseRules(answer: string): (string | undefined)[] {
  const fields = answer.split('\0');
  const rules: (string | undefined)[] = [];
  for (let index = 0; index + 3 < fields.length; index += 4) {
    const [source, line, pattern] = fields.slice(index, index + 3);
    rules.push(pattern && !pattern.startsWith('!') ? `"${pattern}" in ${source}:${line}` : undefined);
  }
  return rules;
}
