import { type Git, literally } from './git.ts';

export interface Status {
  /** Absent before the first commit. */
  readonly head: string | undefined;
  /** Which of the files asked about differ from HEAD, untracked ones included. */
  readonly changed: ReadonlySet<string>;
}

/** HEAD, and what differs from it, in one question; paths are relative to the repository's root. */
export function statusOf(git: Git, files: readonly string[]): Promise<Status> {
  return ask(git, files.map(literally));
}

export function statusOfPointers(git: Git): Promise<Status> {
  return ask(git, [':(top,glob)**/*.dvc']);
}

async function ask(git: Git, pathspecs: readonly string[]): Promise<Status> {
  const answer = await git.run([
    'status',
    '--porcelain=v2',
    '--branch',
    '--no-renames',
    '--untracked-files=all',
    '-z',
    '--',
    ...pathspecs,
  ]);
  return parseStatus(answer);
}

/** How many fields stand before the path: ordinary, unmerged and untracked lines. */
const fieldsBeforePath: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function parseStatus(status: string): Status {
  const changed = new Set<string>();
  for (const line of status.split('\0')) {
    const fields = fieldsBeforePath[line.charAt(0)];
    if (fields !== undefined) {
      changed.add(line.split(' ').slice(fields).join(' '));
    }
  }
  return { head: /(?:^|\0)# branch\.oid ([0-9a-f]{40,64})/.exec(status)?.[1], changed };
}
