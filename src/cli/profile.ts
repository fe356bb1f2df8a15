import type { Command } from 'commander';
import { profileData } from '../protocol/data.ts';
import { readVersion } from './datasets.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, sendWithProgress } from './invocation.ts';
import { renderProfile } from './render/profileText.ts';
import { pathInWorkspace } from './workspace.ts';

/** `mlops profile`: what is in a table. */
export function profileCommand(program: Command, handle: Handle): void {
  addAction<ProfileOptions>(
    program
      .command('profile')
      .description('describe a table: types, missing and distinct values, shapes, what goes together')
      .argument('<path>', 'a CSV, TSV, JSON, Parquet or Arrow file, or a versioned one')
      .argument('[version]', 'of a dataset, such as 2 or v2 (default: the data as it is now)', readVersion)
      .option('--target <column>', 'the column to predict: also tell what gives it away'),
    handle,
    profile,
  );
}

interface ProfileOptions {
  readonly target?: string;
}

async function profile(
  invocation: Invocation,
  { target }: ProfileOptions,
  [typed, wanted]: readonly string[],
): Promise<number> {
  const { terminal, workspace, currentFolder } = invocation;
  const path = pathInWorkspace(workspace, currentFolder, typed!.replace(/\.dvc$/, ''));
  const result = await sendWithProgress(invocation, `Profiling ${path}`, profileData, {
    path,
    ...(wanted !== undefined && { version: readVersion(wanted) }),
    ...(target !== undefined && { target }),
  });
  terminal.printJson(result);
  terminal.print(renderProfile(result, terminal));
  return exitCodes.success;
}
