import { hasCode } from '../base/errors.ts';
import { protocolVersion } from '../protocol/rpc.ts';
import {
  type Hello,
  hello,
  retire,
  type ServiceAddress,
  type TrackingOptions,
  type Welcome,
} from '../protocol/service.ts';
import { readAddress } from './address.ts';
import type { ServiceConnection } from './connection.ts';
import { olderServiceBusy, otherVersionCode, wentAwayCode } from './errors.ts';
import { type ServiceProgram, startService } from './start.ts';

export interface Attached {
  readonly connection: ServiceConnection;
  readonly welcome: Welcome;
}

export interface AttachOptions {
  readonly workspace: string;
  readonly program: ServiceProgram;
  readonly client: Hello['client'];
  readonly version: string;
  /** For a service that is started; one that runs already is attached to as it is. */
  readonly tracking?: TrackingOptions;
}

/**
 * Attaches to the folder's service, and starts it when there is none.
 * One of another version is asked to leave first; while it is busy with runs, `service.olderServiceBusy`.
 */
export async function attach(options: AttachOptions): Promise<Attached> {
  const running = await connectTo(await readAddress(options.workspace));
  const attached = running && (await greetOrLose(running, options));
  if (attached) {
    return attached;
  }
  // What speaks with it is loaded while it starts.
  const starting = startService(options.program, options.workspace, options.tracking);
  const [address, { connect }] = await Promise.all([starting, import('./connection.ts')]);
  const started = await greet(await connect(address.socket), options);
  if (!started) {
    throw olderServiceBusy(0);
  }
  return started;
}

async function connectTo(address: ServiceAddress | undefined): Promise<ServiceConnection | undefined> {
  if (!address) {
    return undefined;
  }
  const { connect } = await import('./connection.ts');
  return connect(address.socket).catch(() => undefined);
}

/** Undefined also when the service was just ending: it still took the connection, and then was gone. */
async function greetOrLose(
  connection: ServiceConnection,
  options: AttachOptions,
): Promise<Attached | undefined> {
  try {
    return await greet(connection, options);
  } catch (error) {
    if (hasCode(error, wentAwayCode)) {
      return undefined;
    }
    throw error;
  }
}

/** Undefined when the service was of another version and has left. */
async function greet(connection: ServiceConnection, options: AttachOptions): Promise<Attached | undefined> {
  try {
    const welcome = await connection.send(hello, {
      protocol: protocolVersion,
      version: options.version,
      client: options.client,
    });
    return { connection, welcome };
  } catch (error) {
    if (!hasCode(error, otherVersionCode)) {
      connection.dispose();
      throw error;
    }
    await askToLeave(connection);
    return undefined;
  }
}

async function askToLeave(connection: ServiceConnection): Promise<void> {
  const { leaving, runningRuns } = await connection.send(retire, null);
  if (!leaving) {
    connection.dispose();
    throw olderServiceBusy(runningRuns);
  }
  await connection.closed;
}
