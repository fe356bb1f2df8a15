import fs from 'node:fs';
import path from 'node:path';
import type { Parameter, ParameterDelivery, StartRun } from '../../protocol/experiments.ts';
import {
  type Program,
  programForCommand,
  programForScript,
  type Surroundings,
  scriptOfCommand,
} from './interpreter.ts';
import {
  nothingToRun,
  parametersInFile,
  parametersNotRead,
  scriptNotFound,
  scriptOutside,
  workingFolderNotFound,
  workingFolderOutside,
} from './launchErrors.ts';
import { type Delivery, deliveryOf, givenByArguments } from './parameterDelivery.ts';
import { withValues } from './parametersEdit.ts';
import { findParametersFile, type ParametersFile, readParameters } from './parametersFile.ts';
import { scriptSource } from './scriptSource.ts';

/** Everything about a run that is decided before it exists. Making a plan changes nothing. */
export interface LaunchPlan {
  readonly program: Program;
  readonly command: readonly string[];
  readonly workingFolder: string;
  /** What the script gets beside the variables of its run. It may hold secrets: handed on, never kept. */
  readonly environment: NodeJS.ProcessEnv;
  /** Relative to the workspace folder, with `/`. */
  readonly script?: string;
  readonly experimentName: string;
  /** The values that the script will see. */
  readonly parameters: readonly Parameter[];
  /** The text of the run's own params.yaml. */
  readonly parametersText?: string;
  /** The user's file gets `parametersText` before the start. */
  readonly writeTo?: string;
}

export async function planRun(request: StartRun, surroundings: Surroundings): Promise<LaunchPlan> {
  const { workspace, environment } = surroundings;
  const script = request.script === undefined ? undefined : findScript(workspace, request.script);
  const typedIn = findWorkingFolder(workspace, request.workingFolder);
  const program = await programOf(request, script, typedIn, surroundings);
  const known = script ?? scriptOfCommand(request.command ?? [], typedIn);
  const folder = known === undefined ? typedIn : path.dirname(known);
  const file = findParametersFile(workspace, isWithin(workspace, folder) ? folder : workspace);
  const values = planParameters(request, known, file, workspace);
  return {
    program,
    command: [...program.command, ...(request.arguments ?? []), ...values.delivery.arguments],
    // A script that reads `params.yaml` means the one beside which it expects to run.
    workingFolder: script === undefined ? typedIn : file ? path.dirname(file.path) : workspace,
    environment,
    ...(known !== undefined && { script: relativeName(workspace, known) }),
    experimentName: request.experiment || experimentNameFor(workspace, folder),
    parameters: values.parameters,
    ...(values.text !== undefined && { parametersText: values.text }),
    ...(values.writeTo !== undefined && { writeTo: values.writeTo }),
  };
}

/** The real path of a script of the workspace. */
export function findScript(workspace: string, asked: string): string {
  const wanted = path.resolve(workspace, asked);
  if (!fs.statSync(wanted, { throwIfNoEntry: false })?.isFile()) {
    throw scriptNotFound(asked);
  }
  // A link in the path to the workspace is no way out of it; a script that is a link keeps its own name.
  const script = path.join(fs.realpathSync(path.dirname(wanted)), path.basename(wanted));
  if (!isWithin(workspace, script)) {
    throw scriptOutside(asked, workspace);
  }
  return script;
}

/** Runs belong to the folder they are kept in, so nobody starts one from outside it by mistake. */
function findWorkingFolder(workspace: string, asked: string | undefined): string {
  if (asked === undefined) {
    return workspace;
  }
  const wanted = path.resolve(workspace, asked);
  if (!fs.statSync(wanted, { throwIfNoEntry: false })?.isDirectory()) {
    throw workingFolderNotFound(asked);
  }
  const folder = fs.realpathSync(wanted);
  if (!isWithin(workspace, folder)) {
    throw workingFolderOutside(asked, workspace);
  }
  return folder;
}

function programOf(
  request: StartRun,
  script: string | undefined,
  typedIn: string,
  surroundings: Surroundings,
): Promise<Program> | Program {
  if (script !== undefined) {
    return programForScript(script, request.interpreter, surroundings);
  }
  if (request.command === undefined || request.command.length === 0) {
    throw nothingToRun();
  }
  return programForCommand(request.command, typedIn, surroundings);
}

interface PlannedParameters {
  readonly parameters: readonly Parameter[];
  readonly delivery: Delivery;
  readonly text?: string;
  readonly writeTo?: string;
}

function planParameters(
  request: StartRun,
  script: string | undefined,
  file: ParametersFile | undefined,
  workspace: string,
): PlannedParameters {
  const before = Object.fromEntries(file?.parameters.map(({ key, value }) => [key, value]) ?? []);
  const given = givenByArguments(
    [...(request.command ?? []), ...(request.arguments ?? [])],
    Object.keys(before),
  );
  const asked = Object.entries(request.parameters ?? {});
  const changes = Object.fromEntries(asked.filter(([key, value]) => (given[key] ?? before[key]) !== value));
  const keys = Object.keys(changes);
  if (keys.length === 0) {
    const delivery: Delivery = { kind: 'environment', arguments: [] };
    return { parameters: entries({ ...before, ...given }), delivery, ...(file && { text: file.text }) };
  }
  const source = script === undefined ? '' : scriptSource(workspace, script);
  const delivery = deliveryOf(source, changes);
  const name = script === undefined ? (request.command?.[0] ?? '') : relativeName(workspace, script);
  refuseSilentChange(delivery.kind, name, file, keys, request.writeParametersFile ?? false);
  const text = withValues(file?.text ?? '', changes);
  const read = readParameters(text, file?.name ?? 'params.yaml').map(({ key, value }) => [key, value]);
  return {
    parameters: entries({ ...Object.fromEntries(read), ...given, ...changes }),
    delivery,
    text,
    ...(delivery.kind === 'file' && file && { writeTo: file.path }),
  };
}

/** A value is recorded only when the script will see it. */
function refuseSilentChange(
  kind: ParameterDelivery,
  script: string,
  file: ParametersFile | undefined,
  keys: readonly string[],
  mayWrite: boolean,
): void {
  if (kind !== 'file') {
    return;
  }
  if (!file) {
    throw parametersNotRead(script, keys);
  }
  if (!mayWrite) {
    throw parametersInFile(script, file.name, keys);
  }
}

/** The script's folder, or the workspace folder's own name for scripts at its top. */
function experimentNameFor(workspace: string, folder: string): string {
  return isWithin(workspace, folder) && folder !== workspace
    ? relativeName(workspace, folder)
    : path.basename(workspace);
}

function relativeName(workspace: string, file: string): string {
  return path.relative(workspace, file).split(path.sep).join('/');
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

function entries(values: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
