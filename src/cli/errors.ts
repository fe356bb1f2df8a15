import { WorkbenchError } from '../base/errors.ts';
import { plural } from '../base/format.ts';

export const usageErrorCode = 'cli.usage';

/** `message` as commander words it: "error: unknown option '--foo'", perhaps with a suggestion on a second line. */
export function wrongUsage(message: string): WorkbenchError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.?$/, '.');
  return new WorkbenchError(usageErrorCode, [sentence, ...rest].join('\n'));
}

/** That the database and the service are built for. */
const oldestNode = 22;

/** An older Node would end with the service and without a word. */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) < oldestNode) {
    throw new WorkbenchError(
      'cli.nodeIsTooOld',
      `mlops needs Node ${oldestNode} or later, and this is Node ${version}. Nothing was done. ` +
        'The editor’s own terminals bring one along; elsewhere set MLOPS_NODE to the path of a newer one.',
    );
  }
}

export function nothingToRun(): WorkbenchError {
  return wrongUsage('name a script or a command to run, such as `mlops run train.py`');
}

export function oneRunToCompare(): WorkbenchError {
  return wrongUsage('name at least two runs to compare');
}

/** `expected`: "a whole number from 1". */
export function badOption(option: string, typed: string, expected: string): WorkbenchError {
  return wrongUsage(`${option} takes ${expected}, not ‘${typed}’`);
}

export function notATag(word: string): WorkbenchError {
  return wrongUsage(`write a tag as key=value, not as ‘${word}’`);
}

export function noTagToSet(): WorkbenchError {
  return wrongUsage('name a tag to set, such as `stage=baseline`, or one to remove with --remove');
}

export function deletedRunNotFound(asked: string): WorkbenchError {
  return new WorkbenchError(
    'cli.deletedRunNotFound',
    `There is no deleted run “${asked}” in this folder. \`mlops runs restore\` lists those that there are.`,
  );
}

export function runNotFound(asked: string): WorkbenchError {
  return new WorkbenchError(
    'cli.runNotFound',
    `There is no run “${asked}” in this folder. \`mlops runs list\` shows those that there are.`,
  );
}

/** `matches` are some of them, each as a name and the start of its id. */
export function runAmbiguous(asked: string, count: number, matches: readonly string[]): WorkbenchError {
  const more = count > matches.length ? ', …' : '';
  return new WorkbenchError(
    'cli.runAmbiguous',
    `“${asked}” stands for ${plural(count, 'run')}: ${matches.join(', ')}${more}. Give more of the id.`,
  );
}

export function experimentNotFound(asked: string, known: readonly string[]): WorkbenchError {
  const names = known.length > 0 ? `There are: ${known.join(', ')}.` : 'Nothing was run here yet.';
  return new WorkbenchError('cli.experimentNotFound', `There is no experiment “${asked}”. ${names}`);
}

export function serviceBusy(): WorkbenchError {
  return new WorkbenchError(
    'cli.serviceBusy',
    'The service goes on while runs are under way. Stop them first with `mlops runs stop RUN`, or wait.',
  );
}

/** `not` are the options that the service that runs does not fulfil, as they were typed. */
export function alreadyServed(trackingUri: string, not: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    'cli.alreadyServed',
    `This folder is served already, at ${trackingUri}, so ${not.join(' and ')} cannot be had. Nothing was changed. ` +
      'Close the windows and terminals that use it and end it with `mlops service stop`, or leave the option out.',
  );
}

export function serviceKeepsStopping(): WorkbenchError {
  return new WorkbenchError(
    'cli.serviceKeepsStopping',
    'The service keeps stopping. What it had acknowledged is saved. `.mlops/service.log` may say why.',
  );
}

export function noKeyFile(variable: string): WorkbenchError {
  return new WorkbenchError(
    'cli.noKeyFile',
    `${variable} does not say where keys are kept. Nothing was made. Set it to a file outside the workspace, such as ~/.config/mlops/keys.`,
  );
}

export function noLevelsFound(recipe: string): WorkbenchError {
  return new WorkbenchError(
    'cli.noLevelsFound',
    `${recipe} does not say what was found when it was last applied, so there are no levels to keep. Nothing was changed. ` +
      `Apply it first: mlops anonymise apply ${recipe}`,
  );
}
