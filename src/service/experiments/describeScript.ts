import path from 'node:path';
import type { DescribeScript, ScriptDescription } from '../../protocol/experiments.ts';
import { programForScript, type Surroundings } from './interpreter.ts';
import { findScript } from './launchPlan.ts';
import { expectedDelivery } from './parameterDelivery.ts';
import { findParametersFile } from './parametersFile.ts';
import { scriptSource } from './scriptSource.ts';

/** What a run of this script would be, without starting one. */
export async function describeScript(
  { script: asked, interpreter, environment }: DescribeScript,
  { workspace, nodePath }: Omit<Surroundings, 'environment'>,
): Promise<ScriptDescription> {
  const script = findScript(workspace, asked);
  const surroundings = { workspace, nodePath, environment: environment ?? process.env };
  const program = await programForScript(script, interpreter, surroundings);
  const file = findParametersFile(workspace, path.dirname(script));
  const parameters = file?.parameters ?? [];
  const keys = parameters.map(({ key }) => key);
  return {
    script: path.relative(workspace, script).split(path.sep).join('/'),
    interpreter: program.interpreter,
    ...(file && { parametersFile: file.name }),
    parameters,
    delivery: expectedDelivery(scriptSource(workspace, script), keys),
  };
}
