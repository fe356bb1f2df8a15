import type { Command } from 'commander';
import { readAddress } from '../attach/address.ts';
import type { ServiceConnection } from '../attach/connection.ts';
import { formatBytes, formatRelativeTime, plural } from '../base/format.ts';
import { getStatus, retire, type ServiceAddress } from '../protocol/service.ts';
import { serviceBusy } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation } from './invocation.ts';
import { renderTable } from './render/table.ts';

/** `mlops service …`: the process behind the folder. Neither command starts one. */
export function serviceCommands(program: Command, handle: Handle): void {
  const service = program.command('service').description('see or stop the service of this folder');
  addAction(service.command('status').description('show whether it runs, and since when'), handle, status);
  addAction(service.command('stop').description('end it; it starts again when it is needed'), handle, stop);
}

async function status({ workspace, terminal }: Invocation): Promise<number> {
  const running = await findService(workspace);
  if (!running) {
    terminal.printJson({ running: false, workspace });
    terminal.print(notRunning(workspace));
    return exitCodes.success;
  }
  const { address, connection } = running;
  try {
    const answer = await connection.send(getStatus, null);
    // This very question is a connection too.
    const connections = answer.connections - 1;
    const facts = { ...answer, connections, version: address.version };
    terminal.printJson({ running: true, workspace, ...facts });
    const rows = [
      ['service', `running, version ${facts.version}, process ${facts.processId}`],
      ['folder', workspace],
      ['started', formatRelativeTime(facts.startedAt, Date.now())],
      [
        'attached',
        connections === 0
          ? 'nobody else'
          : plural(connections, 'window or terminal', 'windows and terminals'),
      ],
      ['runs', `${facts.runningRuns} under way`],
      ['database', formatBytes(facts.databaseBytes)],
    ];
    terminal.print(renderTable([{ title: '' }, { title: '' }], rows, terminal));
    return exitCodes.success;
  } finally {
    connection.dispose();
  }
}

async function stop({ workspace, terminal }: Invocation): Promise<number> {
  const running = await findService(workspace);
  if (!running) {
    terminal.printJson({ stopped: false, workspace });
    terminal.print(notRunning(workspace));
    return exitCodes.success;
  }
  const { connection } = running;
  try {
    const { closed } = connection;
    const { leaving } = await connection.send(retire, null);
    if (!leaving) {
      throw serviceBusy();
    }
    await closed;
  } finally {
    connection.dispose();
  }
  terminal.printJson({ stopped: true, workspace });
  terminal.print(`The service of ${workspace} has stopped.`);
  return exitCodes.success;
}

function notRunning(workspace: string): string {
  return `No service is running for ${workspace}. It starts when it is needed.`;
}

async function findService(
  workspace: string,
): Promise<{ address: ServiceAddress; connection: ServiceConnection } | undefined> {
  const address = await readAddress(workspace);
  const { connect } = await import('../attach/connection.ts');
  try {
    return address && { address, connection: await connect(address.socket) };
  } catch {
    return undefined;
  }
}
