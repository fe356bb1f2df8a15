import { type Command, InvalidArgumentError } from 'commander';
import { checkedOutSentence, versionedSentence } from '../protocol/sentences.ts';
import { checkoutVersion, listDatasets, listVersions, versionDataset } from '../protocol/versions.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, sendWithProgress } from './invocation.ts';
import { renderStatus, renderVersions } from './render/datasetText.ts';
import { pathInWorkspace } from './workspace.ts';

/** `mlops version`, `versions`, `checkout` and `status`: states of data that can be brought back. */
export function datasetCommands(program: Command, handle: Handle): void {
  addAction<VersionOptions>(
    program
      .command('version')
      .description('keep the present state of a data file or folder as its next version')
      .argument('<path>', 'a file or folder of the workspace')
      .option('-m, --message <text>', 'what changed, for the git commit'),
    handle,
    version,
  );
  addAction(
    program
      .command('versions')
      .description('list the versions of a dataset, the newest first')
      .argument('<path>', 'a versioned file or folder'),
    handle,
    versions,
  );
  addAction<CheckoutOptions>(
    program
      .command('checkout')
      .description('bring a version of a dataset back')
      .argument('<path>', 'a versioned file or folder')
      .argument('[version]', 'such as 2 or v2 (default: the one that the pointer file names)', readVersion)
      .option('--overwrite', 'replace data that is in no version'),
    handle,
    checkout,
  );
  addAction(
    program.command('status').description('list the datasets and whether they were changed'),
    handle,
    status,
  );
}

interface VersionOptions {
  readonly message?: string;
}

async function version(
  invocation: Invocation,
  { message }: VersionOptions,
  [typed]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const path = datasetPath(invocation, typed!);
  const result = await sendWithProgress(invocation, `Versioning ${path}`, versionDataset, {
    path,
    ...(message !== undefined && { message }),
  });
  terminal.printJson(result);
  terminal.print(versionedSentence(result));
  for (const warning of result.warnings) {
    terminal.say(warning);
  }
  return exitCodes.success;
}

async function versions(invocation: Invocation, _: object, [typed]: readonly string[]): Promise<number> {
  const { session, terminal } = invocation;
  const path = datasetPath(invocation, typed!);
  const found = await session.send(listVersions, { path });
  terminal.printJson({ path, versions: found });
  if (found.length > 0) {
    terminal.print(renderVersions(found, Date.now(), terminal));
  } else if (!terminal.json) {
    terminal.say(`${path} has no version yet. Keep its present state with: mlops version ${typed}`);
  }
  return exitCodes.success;
}

interface CheckoutOptions {
  readonly overwrite?: boolean;
}

async function checkout(
  invocation: Invocation,
  { overwrite }: CheckoutOptions,
  [typed, wanted]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const path = datasetPath(invocation, typed!);
  const dataset = await sendWithProgress(invocation, `Checking out ${path}`, checkoutVersion, {
    path,
    ...(wanted !== undefined && { version: readVersion(wanted) }),
    overwrite: overwrite ?? false,
  });
  terminal.printJson(dataset);
  terminal.print(checkedOutSentence(dataset));
  return exitCodes.success;
}

async function status({ session, terminal }: Invocation): Promise<number> {
  const found = await session.send(listDatasets, null);
  terminal.printJson(found);
  terminal.print(renderStatus(found, terminal));
  if (terminal.json) {
    return exitCodes.success;
  }
  if (!found.repository) {
    terminal.say(
      'This folder is not in a git repository, so nothing can be versioned. Create one with: git init',
    );
  } else if (found.datasets.length === 0) {
    terminal.say('No dataset is versioned yet. Keep the present state of one with: mlops version PATH');
  }
  return exitCodes.success;
}

/** The pointer file stands for its data: a shell completes `data.csv.dvc` as readily as `data.csv`. */
function datasetPath({ workspace, currentFolder }: Invocation, typed: string): string {
  return pathInWorkspace(workspace, currentFolder, typed.replace(/\.dvc$/, ''));
}

export function readVersion(text: string): number {
  const [, digits] = /^v?([1-9]\d*)$/i.exec(text) ?? [];
  if (digits === undefined) {
    throw new InvalidArgumentError('Give the number of a version, such as 2 or v2.');
  }
  return Number(digits);
}
