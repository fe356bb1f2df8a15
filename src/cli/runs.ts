import { type Command, InvalidArgumentError } from 'commander';
import { listArtifacts, searchRuns, stopRun } from '../protocol/experiments.ts';
import { isSystemMetric } from '../protocol/systemMetrics.ts';
import { oneRunToCompare } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { resolveExperiment, resolveRun, runHelp } from './findRun.ts';
import { findRun, followRun } from './follow.ts';
import { addAction, type Handle, type Invocation, interruptible } from './invocation.ts';
import { compareRuns, renderComparison } from './render/comparison.ts';
import { pointedMistake } from './render/mistake.ts';
import { renderRunDetails } from './render/runDetails.ts';
import { renderRunList } from './render/runList.ts';
import { closingLine, isUnderWay } from './render/runText.ts';
import { runLifeCommands } from './runLife.ts';

/** `mlops runs …`: what was run. */
export function runCommands(program: Command, handle: Handle): void {
  const runs = program
    .command('runs')
    .description('list, show, compare, stop, read, name, tag, delete and restore runs');
  addAction<ListOptions>(
    runs
      .command('list')
      .description('list runs: those under way first, then the newest')
      .option('-e, --experiment <name>', 'only the runs of this experiment')
      .option('--filter <expression>', 'only the runs that match')
      .option('--order <fields>', 'by these fields, each with asc or desc after it')
      .option('-a, --archived', 'also archived runs')
      .option('-n, --limit <count>', 'at most so many', readCount, 20)
      .addHelpText('after', filterHelp),
    handle,
    list,
  );
  addAction(
    runs.command('show').description('show everything about a run').argument('<run>', runHelp),
    handle,
    show,
  );
  addAction<CompareOptions>(
    runs
      .command('compare')
      .description('show what differs between runs: metrics, parameters, data, code')
      .argument('<runs...>', runHelp)
      .option('-a, --all', 'also what is the same')
      .option('-s, --system', 'also how the machines were used'),
    handle,
    compare,
  );
  addAction(
    runs.command('stop').description('stop a run and everything it started').argument('<run>', runHelp),
    handle,
    stop,
  );
  addAction<LogOptions>(
    runs
      .command('log')
      .description('print what a run wrote')
      .argument('<run>', runHelp)
      .option('-f, --follow', 'wait for more until the run ends; Ctrl-C leaves the run alone'),
    handle,
    log,
  );
  runLifeCommands(runs, handle);
}

const filterHelp = `
Comparisons are joined with and, or, not and parentheses:
  mlops runs list --filter "metrics.accuracy > 0.9 and (params.model = 'svm' or not tags.stage = 'old')"
  mlops runs list --filter "run_name like '%otter' and end_time > 0" --order "metrics.accuracy desc"
Names with other characters than letters, digits, _ and . stand in backticks or double quotes.`;

interface ListOptions {
  readonly experiment?: string;
  readonly filter?: string;
  readonly order?: string;
  readonly archived?: boolean;
  readonly limit: number;
}

async function list({ session, terminal }: Invocation, options: ListOptions): Promise<number> {
  const experiment = options.experiment && (await resolveExperiment(session, options.experiment));
  const { limit, filter, order } = options;
  const query = {
    limit,
    hideArchived: !options.archived,
    ...(experiment && { experiment }),
    ...(filter && { filter }),
    ...(order && { order }),
  };
  const { items, total } = await session.send(searchRuns, query).catch((error: unknown) => {
    const mistake = pointedMistake(error, query);
    if (mistake) {
      terminal.say(mistake);
    }
    throw error;
  });
  terminal.printJson({ runs: items, total });
  if (items.length > 0) {
    terminal.print(renderRunList(items, Date.now(), terminal));
  } else if (!terminal.json) {
    terminal.say(
      filter ? 'No run matches the filter.' : 'Nothing was run here yet. Start with: mlops run SCRIPT',
    );
  }
  if (total > items.length && !terminal.json) {
    terminal.say(`${items.length} of ${total} runs; more with --limit ${total}`);
  }
  return exitCodes.success;
}

async function show(
  { session, terminal }: Invocation,
  _: object,
  [asked]: readonly string[],
): Promise<number> {
  const { id } = await resolveRun(session, asked!);
  const run = await findRun(session, id);
  const artifacts = await session.send(listArtifacts, { run: id, path: '' });
  terminal.printJson({ ...run, artifacts });
  terminal.print(renderRunDetails(run, artifacts, Date.now(), terminal));
  return exitCodes.success;
}

interface CompareOptions {
  readonly all?: boolean;
  readonly system?: boolean;
}

async function compare(
  { session, terminal }: Invocation,
  { all, system }: CompareOptions,
  asked: readonly string[],
): Promise<number> {
  if (asked.length < 2) {
    throw oneRunToCompare();
  }
  const runs = [];
  for (const each of asked) {
    runs.push(await findRun(session, (await resolveRun(session, each)).id));
  }
  const rows = compareRuns(runs, Date.now()).filter(
    ({ group, name, differs }) =>
      (all || differs) && (system || group !== 'metrics' || !isSystemMetric(name)),
  );
  terminal.printJson({ runs: runs.map(({ id, name }) => ({ id, name })), rows });
  terminal.print(renderComparison(runs, rows, terminal));
  if (rows.length === 0 && !terminal.json) {
    terminal.say('These runs do not differ. --all shows what they have in common.');
  }
  return exitCodes.success;
}

async function stop(
  { session, terminal }: Invocation,
  _: object,
  [asked]: readonly string[],
): Promise<number> {
  const run = await resolveRun(session, asked!);
  if (isUnderWay(run.state)) {
    await session.send(stopRun, { run: run.id });
  }
  const end = await interruptible((signal) => followRun(session, run.id, { signal }));
  terminal.printJson(end);
  terminal.print(closingLine(end, Date.now()));
  return isUnderWay(end.state) ? exitCodes.interrupted : exitCodes.success;
}

interface LogOptions {
  readonly follow?: boolean;
}

/** With --json the log is one string beside the run's id; without, it is written as it comes. */
async function log(
  { session, terminal }: Invocation,
  { follow }: LogOptions,
  [asked]: readonly string[],
): Promise<number> {
  const { id } = await resolveRun(session, asked!);
  const texts: string[] = [];
  const enough = new AbortController();
  const write = async (text: string) => {
    if (terminal.json) {
      texts.push(text);
    } else {
      await terminal.printLog(text);
    }
    if (terminal.outputGone) {
      enough.abort();
    }
  };
  const run = await interruptible((interrupted) =>
    followRun(session, id, { write, signal: AbortSignal.any([interrupted, enough.signal]), once: !follow }),
  );
  terminal.printJson({ run: id, text: texts.join('') });
  return follow && isUnderWay(run.state) && !terminal.outputGone ? exitCodes.interrupted : exitCodes.success;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidArgumentError('Give a whole number from 1.');
  }
  return count;
}
