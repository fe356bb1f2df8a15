import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { deferred } from '../base/async.ts';
import { plural } from '../base/format.ts';
import { getStatus, retire, type TrackingOptions, type Welcome } from '../protocol/service.ts';
import { alreadyServed, serviceKeepsStopping } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, interruptible } from './invocation.ts';
import type { Session } from './session.ts';
import { realFolder } from './workspace.ts';

/** `mlops serve`: the tracking server of a folder, for as long as this terminal wants it. */
export function serveCommand(program: Command, handle: Handle): void {
  addAction<ServeOptions>(
    program
      .command('serve')
      .description('keep the tracking server of this folder running until Ctrl-C, and print its address')
      .option('--port <number>', 'just this port (default: the one before, else any that is free)', readPort)
      .option('--artifacts <folder>', 'keep artifacts there, now and later (default: .mlops/artifacts)')
      .option('--open', 'no secret in the address: for a test machine that you trust'),
    handle,
    serve,
  );
}

interface ServeOptions {
  readonly port?: number;
  readonly artifacts?: string;
  readonly open?: boolean;
}

const lossesPerMinute = 3;

async function serve(invocation: Invocation, { port, artifacts, open }: ServeOptions): Promise<number> {
  const asked: TrackingOptions = {
    ...(port !== undefined && { port }),
    ...(artifacts !== undefined && { artifacts: path.resolve(invocation.currentFolder, artifacts) }),
    ...(open && { open }),
  };
  invocation.session.tracking = asked;
  await interruptible((signal) => stay(invocation, asked, signal), ['SIGINT', 'SIGTERM', 'SIGHUP']);
  await leave(invocation, asked);
  return exitCodes.success;
}

/** Attached until the signal; a service that dies is started again, as it was asked for. */
async function stay(invocation: Invocation, asked: TrackingOptions, signal: AbortSignal): Promise<void> {
  const { session } = invocation;
  const losses: number[] = [];
  let said = '';
  while (!signal.aborted) {
    const { welcome } = await session.attached();
    refuseOtherThanAsked(asked, welcome);
    if (welcome.trackingUri !== said) {
      said = welcome.trackingUri;
      sayAddress(invocation, welcome);
    }
    await lostOr(signal, session);
    losses.push(Date.now());
    if (!signal.aborted && losses.filter((time) => Date.now() - time < 60_000).length > lossesPerMinute) {
      throw serviceKeepsStopping();
    }
  }
}

async function lostOr(signal: AbortSignal, session: Session): Promise<void> {
  const over = deferred<void>();
  const listening = session.onDidLose(() => over.resolve());
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  if (!signal.aborted) {
    await over.promise;
  }
  listening.dispose();
}

/** A service that ran before is attached to as it is: what it is not can only be had by another one. */
function refuseOtherThanAsked(asked: TrackingOptions, welcome: Welcome): void {
  const { port, artifacts, open } = asked;
  const not = [
    ...(port !== undefined && port !== Number(new URL(welcome.trackingUri).port) ? [`--port ${port}`] : []),
    ...(artifacts !== undefined && realFolder(artifacts) !== welcome.artifacts
      ? [`--artifacts ${artifacts}`]
      : []),
    ...(open && !isOpen(welcome) ? ['--open'] : []),
  ];
  if (not.length > 0) {
    throw alreadyServed(welcome.trackingUri, not);
  }
}

function sayAddress({ terminal }: Invocation, welcome: Welcome): void {
  const { trackingUri, workspace, artifacts, processId } = welcome;
  const open = isOpen(welcome);
  terminal.print(`Tracking at ${trackingUri}`);
  terminal.printJsonLine({ trackingUri, workspace, artifacts, open, processId });
  if (open) {
    terminal.say(
      'Warning: the address has no secret. Every program and every user of this machine can read, change and delete ' +
        'what is tracked here.',
    );
  }
}

/**
 * Nobody else needs it: it ends now and its port is free. An open one ends in any case; windows that were attached
 * start it again, with its secret.
 */
async function leave({ session, terminal }: Invocation, { open }: TrackingOptions): Promise<void> {
  const { connections, processId } = await session.send(getStatus, null);
  if (connections > 1 && !open) {
    return;
  }
  const connection = await session.release();
  const { leaving, runningRuns } = await connection.send(retire, null);
  if (leaving) {
    await connection.closed;
    await endOf(processId);
  } else {
    terminal.say(`The service goes on until ${plural(runningRuns, 'run')} under way have ended.`);
  }
  connection.dispose();
}

/** It closes its connections a moment before its port. */
async function endOf(processId: number): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (isAlive(processId) && Date.now() < deadline) {
    await pause(10);
  }
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

function isOpen({ trackingUri }: Welcome): boolean {
  return new URL(trackingUri).pathname === '/';
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Give a whole number from 1 to 65535.');
  }
  return port;
}
