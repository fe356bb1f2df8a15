import * as vscode from 'vscode';
import type { LogEntry } from '../protocol/service.ts';

/** What the client and the service have to say, in the Output view under "MLOps". */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('MLOps', { log: true });
}

const writers = {
  debug: (log: vscode.LogOutputChannel, text: string) => log.debug(text),
  info: (log: vscode.LogOutputChannel, text: string) => log.info(text),
  warning: (log: vscode.LogOutputChannel, text: string) => log.warn(text),
  error: (log: vscode.LogOutputChannel, text: string) => log.error(text),
};

export function writeServiceEntry(log: vscode.LogOutputChannel, entry: LogEntry): void {
  const fields = Object.entries(entry.fields ?? {}).map(([key, value]) => ` ${key}=${value}`);
  writers[entry.level](log, `[${entry.source}] ${entry.message}${fields.join('')}`);
}
