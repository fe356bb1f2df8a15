import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { WorkbenchError } from '../base/errors.ts';
import type { ServiceAddress, ServiceAnnouncement, TrackingOptions } from '../protocol/service.ts';
import { serviceDidNotStart } from './errors.ts';

export interface ServiceProgram {
  /** The Node to run it with: `process.execPath`, which in the desktop editor is Electron. */
  readonly node: string;
  /** The bundled `service/main`. */
  readonly script: string;
  /** Leaves so long after the last connection and run; the service's own default when absent. */
  readonly idleSeconds?: number;
}

/**
 * Starts the service detached and waits for the one line it prints.
 * When another one holds the folder meanwhile, the line says where that one listens.
 */
export function startService(
  program: ServiceProgram,
  workspace: string,
  tracking: TrackingOptions = {},
): Promise<ServiceAddress> {
  const words = [
    ...['--workspace', workspace],
    ...(program.idleSeconds === undefined ? [] : ['--idle-seconds', String(program.idleSeconds)]),
    ...(tracking.port === undefined ? [] : ['--port', String(tracking.port)]),
    ...(tracking.artifacts === undefined ? [] : ['--artifacts', tracking.artifacts]),
    ...(tracking.open ? ['--open'] : []),
  ];
  const child = spawn(program.node, [program.script, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    env: ownEnvironment(),
  });
  return new Promise((resolve, reject) => {
    const lines = readline.createInterface({ input: child.stdout });
    const finish = (act: () => void) => {
      lines.close();
      child.stdout.destroy();
      child.unref();
      act();
    };
    child.once('error', (error) => finish(() => reject(serviceDidNotStart(error.message, error))));
    // Only now is everything read that it wrote: one that finds another service says so and ends at once.
    child.once('close', (code) =>
      finish(() => reject(serviceDidNotStart(`it ended with exit code ${code}`))),
    );
    lines.once('line', (line) => {
      child.removeAllListeners('close');
      finish(() => {
        const announcement = JSON.parse(line) as ServiceAnnouncement;
        if (announcement.state === 'failed') {
          reject(new WorkbenchError(announcement.error.code, announcement.error.message));
        } else {
          resolve(announcement.address);
        }
      });
    });
  });
}

/**
 * A service started from inside a run must not be taken for a part of it: Stop would end it with the run.
 * Options for Node are meant for the scripts of the one who starts it, and those get them with their run.
 */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { MLOPS_RUN_ID: _run, MLOPS_PARAMS: _parameters, NODE_OPTIONS: _options, ...rest } = process.env;
  return { ...rest, ELECTRON_RUN_AS_NODE: '1' };
}
