import path from 'node:path';
import type { Command } from 'commander';
import { importRuns } from '../protocol/import.ts';
import { importedSentence } from '../protocol/sentences.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, sendWithProgress } from './invocation.ts';

/** `mlops import`: the runs that MLflow kept before. */
export function importCommand(program: Command, handle: Handle): void {
  addAction(
    program
      .command('import')
      .description(
        'take the runs of an mlruns folder or an mlflow.db, which stays as it is; again for what is new',
      )
      .argument('<path>', 'a folder mlruns or a file mlflow.db'),
    handle,
    take,
  );
}

async function take(invocation: Invocation, _: object, [typed]: readonly string[]): Promise<number> {
  const { terminal, currentFolder } = invocation;
  const result = await sendWithProgress(invocation, `Importing ${typed}`, importRuns, {
    path: path.resolve(currentFolder, typed!),
  });
  terminal.printJson(result);
  terminal.print(importedSentence(result));
  for (const [title, { some, count }] of [
    ['Not found', result.missingArtifacts],
    ['Not read', result.unreadable],
  ] as const) {
    for (const name of some) {
      terminal.say(`${title}: ${name}`);
    }
    if (count > some.length) {
      terminal.say(`${title}: ${count - some.length} more`);
    }
  }
  if (result.cancelled) {
    return exitCodes.interrupted;
  }
  return result.unreadable.count > 0 ? exitCodes.failure : exitCodes.success;
}
