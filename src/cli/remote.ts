import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { plural } from '../base/format.ts';
import {
  configureRemote,
  credentialsOfEnvironment,
  getRemoteStatus,
  type RemoteStatus,
} from '../protocol/remote.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation } from './invocation.ts';
import { renderTable } from './render/table.ts';

/** `mlops remote …`: whether runs are kept in this folder or on a tracking server. */
export function remoteCommands(program: Command, handle: Handle): void {
  const remote = program
    .command('remote')
    .description('send tracking to a remote MLflow server, or keep it here');
  addAction(
    remote.command('status').description('show where runs go, and what still waits to be sent'),
    handle,
    status,
  );
  addAction(
    remote
      .command('set')
      .description('send tracking to this server from now on, and show its runs')
      .argument('<address>', 'such as https://mlflow.example.org')
      .addHelpText(
        'after',
        '\nCredentials come from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
      ),
    handle,
    set,
  );
  addAction(
    remote.command('unset').description('keep runs in this folder again; those from before come back'),
    handle,
    unset,
  );
}

/** How long a server may take to answer before that is said. */
const patienceMilliseconds = 15_000;

async function status(invocation: Invocation): Promise<number> {
  const { session } = invocation;
  const known = await session.send(getRemoteStatus, null);
  const credentials = credentialsOfEnvironment(process.env);
  if (known.address !== undefined && credentials) {
    const { address, by = 'terminal' } = known;
    await session.send(configureRemote, { address, by, credentials });
  }
  return show(invocation, await settled(invocation));
}

async function set(invocation: Invocation, _: object, [address]: readonly string[]): Promise<number> {
  const credentials = credentialsOfEnvironment(process.env);
  await invocation.session.send(configureRemote, {
    address: address!,
    by: 'terminal',
    ...(credentials && { credentials }),
  });
  return show(invocation, await settled(invocation));
}

async function unset(invocation: Invocation): Promise<number> {
  const before = await invocation.session.send(getRemoteStatus, null);
  const now = await invocation.session.send(configureRemote, { address: null, by: 'terminal' });
  if (before.by === 'setting') {
    invocation.terminal.say(
      'The setting mlops.tracking.remoteUri of the editor still names it: clear that too, or a window sets it again.',
    );
  }
  if (before.waiting > 0) {
    invocation.terminal.say(
      `${plural(before.waiting, 'change waits', 'changes wait')} for ${before.address}. ` +
        'They are kept, and sent when it is set again.',
    );
  }
  return show(invocation, now);
}

/** Once the server has answered, or failed to. */
async function settled({ session }: Invocation): Promise<RemoteStatus> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const found = await session.send(getRemoteStatus, null);
    if (found.state !== 'connecting' || Date.now() > deadline) {
      return found;
    }
    await pause(50);
  }
}

function show({ terminal }: Invocation, found: RemoteStatus): number {
  terminal.printJson(found);
  if (found.state === 'off') {
    terminal.print('Runs are kept in this folder.');
    return exitCodes.success;
  }
  const rows = [
    ['server', found.address!],
    ['state', words[found.state]],
    ['waiting', plural(found.waiting, 'change')],
    ...(found.refused > 0 ? [['refused', plural(found.refused, 'change')]] : []),
  ];
  terminal.print(renderTable([{ title: '' }, { title: '' }], rows, terminal));
  for (const sentence of [found.lastRefusal, found.problem]) {
    if (sentence !== undefined) {
      terminal.say(sentence);
    }
  }
  return found.state === 'connected' ? exitCodes.success : exitCodes.failure;
}

const words: Readonly<Record<RemoteStatus['state'], string>> = {
  off: 'not used',
  connecting: 'has not answered yet',
  connected: 'connected',
  unreachable: 'not reachable',
  signIn: 'asks for credentials',
  refused: 'cannot be used',
};
