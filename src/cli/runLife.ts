import type { Command } from 'commander';
import { plural } from '../base/format.ts';
import {
  deleteRuns,
  getRuns,
  type RunSummary,
  renameRun,
  restoreRuns,
  searchRuns,
  setRunTags,
} from '../protocol/experiments.ts';
import { markSet, runTags } from '../protocol/runTags.ts';
import { noTagToSet, notATag } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { resolveDeletedRun, resolveRun, runHelp } from './findRun.ts';
import { findRun } from './follow.ts';
import { addAction, type Handle, type Invocation } from './invocation.ts';
import { renderRunList } from './render/runList.ts';
import { cleanText } from './render/table.ts';
import type { Session } from './session.ts';

/** `mlops runs rename|note|tag|star|archive|delete|restore`: what is done with runs beside running them. */
export function runLifeCommands(runs: Command, handle: Handle): void {
  addAction(
    runs
      .command('rename')
      .description('give a run another name')
      .argument('<run>', runHelp)
      .argument('<name>', 'the new name'),
    handle,
    rename,
  );
  addAction(
    runs
      .command('note')
      .description('print the note of a run, or write it')
      .argument('<run>', runHelp)
      .argument('[text]', 'the new note; an empty one removes it'),
    handle,
    note,
  );
  addAction<TagOptions>(
    runs
      .command('tag')
      .description('set tags of a run, or remove them')
      .argument('<run>', runHelp)
      .argument('[tags...]', 'key=value')
      .option(
        '-r, --remove <key>',
        'remove this tag (repeatable)',
        (key, keys: string[]) => [...keys, key],
        [],
      ),
    handle,
    tag,
  );
  for (const each of marks) {
    addAction<OffOptions>(
      runs
        .command(each.name)
        .description(each.description)
        .argument('<runs...>', runHelp)
        .option('--off', 'take it back'),
      handle,
      (invocation, { off = false }, asked) => mark(invocation, each, off, asked),
    );
  }
  addAction<DeleteOptions>(
    runs
      .command('delete')
      .description('delete runs; `mlops runs restore` brings them back')
      .argument('<runs...>', runHelp)
      .option('-f, --force', 'also runs started outside MLOps Workbench that have not said that they ended'),
    handle,
    remove,
  );
  addAction(
    runs
      .command('restore')
      .description('bring deleted runs back; without a run, list those that are deleted')
      .argument('[runs...]', runHelp),
    handle,
    restore,
  );
}

async function rename(
  { session, terminal }: Invocation,
  _: object,
  [asked, name]: readonly string[],
): Promise<number> {
  const run = await resolveRun(session, asked!);
  await session.send(renameRun, { run: run.id, name: name! });
  const renamed = await findRun(session, run.id);
  terminal.printJson(renamed);
  terminal.print(`${cleanText(run.name)} is now ${cleanText(renamed.name)}.`);
  return exitCodes.success;
}

async function note(
  { session, terminal }: Invocation,
  _: object,
  [asked, text]: readonly string[],
): Promise<number> {
  const { id, name } = await resolveRun(session, asked!);
  if (text !== undefined) {
    await session.send(setRunTags, { runs: [id], tags: { [runTags.note]: text.trimEnd() || null } });
  }
  const written = (await findRun(session, id)).tags[runTags.note] ?? '';
  terminal.printJson({ run: id, note: written });
  if (written) {
    terminal.print(written.split('\n').map(cleanText).join('\n'));
  } else if (!terminal.json) {
    terminal.say(`${cleanText(name)} has no note.`);
  }
  return exitCodes.success;
}

interface TagOptions {
  readonly remove: readonly string[];
}

async function tag(
  { session, terminal }: Invocation,
  options: TagOptions,
  [asked, ...words]: readonly string[],
): Promise<number> {
  const removed = options.remove.map((key) => [key, null] as const);
  const tags = Object.fromEntries<string | null>([...removed, ...words.map(readTag)]);
  if (Object.keys(tags).length === 0) {
    throw noTagToSet();
  }
  const { id, name } = await resolveRun(session, asked!);
  await session.send(setRunTags, { runs: [id], tags });
  terminal.printJson({ run: id, tags: (await findRun(session, id)).tags });
  const changes = Object.entries(tags).map(([key, value]) =>
    value === null ? `no ${key}` : `${key}=${value}`,
  );
  terminal.print(`${cleanText(name)} has ${cleanText(changes.join(', '))}.`);
  return exitCodes.success;
}

/** A value may hold further `=`. */
function readTag(word: string): readonly [string, string] {
  const at = word.indexOf('=');
  if (at < 1) {
    throw notATag(word);
  }
  return [word.slice(0, at), word.slice(at + 1)];
}

interface Mark {
  readonly name: string;
  readonly description: string;
  readonly tag: string;
  /** What a run is with it. */
  readonly word: string;
}

const marks: readonly Mark[] = [
  {
    name: 'star',
    description: 'mark runs: first in the tree, ★ in lists',
    tag: runTags.starred,
    word: 'starred',
  },
  { name: 'archive', description: 'take runs out of sight', tag: runTags.archived, word: 'archived' },
];

interface OffOptions {
  readonly off?: boolean;
}

async function mark(
  invocation: Invocation,
  { tag: key, word }: Mark,
  off: boolean,
  asked: readonly string[],
): Promise<number> {
  const { session } = invocation;
  const runs = await resolveAll(session, asked, resolveRun);
  await session.send(setRunTags, { runs: idsOf(runs), tags: { [key]: off ? null : markSet } });
  return tell(invocation, runs, off ? `not ${word}` : word);
}

interface DeleteOptions {
  readonly force?: boolean;
}

async function remove(
  invocation: Invocation,
  { force }: DeleteOptions,
  asked: readonly string[],
): Promise<number> {
  const { session, terminal } = invocation;
  const runs = await resolveAll(session, asked, resolveRun);
  await session.send(deleteRuns, { runs: idsOf(runs), evenUnderWay: force ?? false });
  if (!terminal.json) {
    terminal.say('Metrics, artifacts and logs are kept: `mlops runs restore` brings runs back.');
  }
  return tell(invocation, runs, 'deleted');
}

async function restore(invocation: Invocation, _: object, asked: readonly string[]): Promise<number> {
  const { session, terminal } = invocation;
  if (asked.length === 0) {
    return listDeleted(invocation);
  }
  const runs = await resolveAll(session, asked, resolveDeletedRun);
  await session.send(restoreRuns, { runs: idsOf(runs) });
  return tell({ session, terminal }, runs, 'restored');
}

async function listDeleted({ session, terminal }: Invocation): Promise<number> {
  const { items, total } = await session.send(searchRuns, { deleted: true });
  terminal.printJson({ runs: items, total });
  if (items.length > 0) {
    terminal.print(renderRunList(items, Date.now(), terminal));
  } else if (!terminal.json) {
    terminal.say('No run is deleted.');
  }
  return exitCodes.success;
}

async function resolveAll(
  session: Session,
  asked: readonly string[],
  resolve: (session: Session, asked: string) => Promise<RunSummary>,
): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const each of asked) {
    runs.push(await resolve(session, each));
  }
  return runs;
}

function idsOf(runs: readonly RunSummary[]): string[] {
  return runs.map(({ id }) => id);
}

/** The runs as they are now, for programs; one sentence for people. */
async function tell(
  { session, terminal }: Pick<Invocation, 'session' | 'terminal'>,
  runs: readonly RunSummary[],
  what: string,
): Promise<number> {
  terminal.printJson({ runs: await session.send(getRuns, { runs: idsOf(runs) }) });
  const names =
    runs.length > 3 ? plural(runs.length, 'run') : runs.map(({ name }) => cleanText(name)).join(', ');
  terminal.print(`${names} ${runs.length === 1 ? 'is' : 'are'} ${what}.`);
  return exitCodes.success;
}
