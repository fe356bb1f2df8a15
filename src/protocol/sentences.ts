import { formatClock, formatDuration, formatSize, groupDigits, plural } from '../base/format.ts';
import type { Association, LeakageHint } from './data.ts';
import type { ImportResult } from './import.ts';
import type { AppliedRecipe, PrivacyBudget, RecipeState, RestoredData } from './privacy.ts';
import type { RemoteStatus } from './remote.ts';
import type { DatasetOrigin, DatasetSummary, VersionResult } from './versions.ts';

/** What was done, in the words that the editor and the terminal both use. */

export function versionedSentence(result: VersionResult): string {
  const size = formatSize({ bytes: result.bytes, files: result.files === 1 ? undefined : result.files });
  return result.unchanged
    ? `${result.path} is unchanged since v${result.version}. Nothing was written.`
    : `${result.path} is now v${result.version} (${size}), commit ${result.commit.slice(0, 7)}.`;
}

/** `dataset` as it is after the checkout. */
export function checkedOutSentence({ path, currentVersion }: DatasetSummary): string {
  return `${path} is ${currentVersion === undefined ? 'as its pointer says' : `v${currentVersion}`} again.`;
}

export function importedSentence(result: ImportResult): string {
  const { imported, present, total, experiments, missingArtifacts, unreadable, cancelled } = result;
  const models = [
    ...(result.loggedModels > 0 ? [plural(result.loggedModels, 'logged model')] : []),
    ...(result.modelVersions > 0 ? [plural(result.modelVersions, 'model version')] : []),
  ];
  const here = present === 0 ? '' : ` (${present} ${present === 1 ? 'was' : 'were'} here already)`;
  const [first] = unreadable.some;
  const clauses = [
    `${cancelled ? `Cancelled after ${imported} of ${plural(total, 'run')}` : `Imported ${plural(imported, 'run')}`}` +
      `${imported === 0 ? '' : ` in ${plural(experiments, 'experiment')}`}${here}`,
    ...(models.length > 0 ? [`with ${models.join(' and ')}`] : []),
    ...(missingArtifacts.count > 0
      ? [`${plural(missingArtifacts.count, 'artifact')} could not be found`]
      : []),
    ...(first !== undefined ? [`${unreadable.count} could not be read (${first})`] : []),
  ];
  return `${clauses.join('; ').replace('; with ', ', with ')}.${cancelled ? ' Import again to take the rest.' : ''}`;
}

/** What stands above the runs of a remote server while something is wrong with it; undefined while all is well. */
export function remoteProblemSentence(status: RemoteStatus): string | undefined {
  if (status.problem === undefined) {
    return undefined;
  }
  const since = status.since === undefined ? '' : ` since ${formatClock(status.since)}`;
  const first =
    status.state === 'unreachable'
      ? `Tracking server not reachable${since}. Shown is what was known then.`
      : status.problem;
  const waiting = remoteWaitingSentence(status);
  return waiting ? `${first} ${waiting}` : first;
}

export function remoteWaitingSentence({ waiting }: RemoteStatus): string | undefined {
  return waiting > 0
    ? `${plural(waiting, 'change waits', 'changes wait')} for the tracking server.`
    : undefined;
}

/** By what the strength of an association was measured. */
export const measureWords: Readonly<Record<Association['measure'], string>> = {
  pearson: 'Pearson’s r',
  cramersV: 'Cramér’s V',
  correlationRatio: 'correlation ratio',
};

/** What one column tells about another, and what to do about it. */
export function leakageSentence({ kind, column, other, strength }: LeakageHint): string {
  switch (kind) {
    case 'redundant':
      return `“${column}” says the same as “${other}”.`;
    case 'nearlyTarget':
      return `“${column}” is nearly the target “${other}” itself: leave it out of training.`;
    case 'determinesTarget':
      return `“${column}” gives the target “${other}” away (${Math.floor(strength * 100)} % of the doubt): is it known when a prediction is made?`;
  }
}

/** How long a table is, and in how much of it personal data was looked for. */
export function inspectedSentence({ rows, estimated, sampledRows }: RecipeState['input']): string {
  const count = `${estimated ? 'about ' : ''}${plural(rows, 'row')}`;
  return sampledRows < rows
    ? `${count}, personal data looked for in ${groupDigits(sampledRows)} of them`
    : count;
}

export function anonymisedSentence({ output, rows, suppressedRows, milliseconds }: AppliedRecipe): string {
  const left = suppressedRows > 0 ? `, ${plural(suppressedRows, 'row')} left out` : '';
  return `${output} is anonymised: ${plural(rows, 'row')}${left}, in ${formatDuration(milliseconds)}.`;
}

export function restoredSentence(result: RestoredData): string {
  const { output, rows, restored, rewritten, notRestored } = result;
  const back = restored.length > 0 ? `Restored ${restored.join(', ')}` : 'Nothing could be restored';
  const [first] = notRestored;
  const rest = first ? ` ${first.column} was not: ${first.why}` : '';
  const more = notRestored.length > 1 ? ` Nor were ${plural(notRestored.length - 1, 'other column')}.` : '';
  const otherwise = rewritten ? ` ${rewrittenSentence(rewritten)}` : '';
  return `${back} in ${output}, ${plural(rows, 'row')}.${otherwise}${rest}${more}`;
}

/** Where a dataset comes from, in one line. */
export function originSentence({ path, version, recipe, release, epsilon }: DatasetOrigin): string {
  const spent = epsilon === undefined ? '' : `, ε = ${epsilon}`;
  return `made from ${path}${version === undefined ? '' : ` v${version}`} with ${recipe} (release ${release}${spent})`;
}

/** What the whole release has spent, where that is more than the budget of what is asked now. */
export function releaseSpentSentence({ ofRelease }: PrivacyBudget, release: string): string | undefined {
  if (!ofRelease) {
    return undefined;
  }
  const { epsilon, delta } = ofRelease;
  const rest = delta > 0 ? ` and δ = ${delta}` : '';
  return `With what was asked under its name before, the release ${release} comes to ε = ${epsilon}${rest}.`;
}

/** Of columns whose values came back while how they were written did not. */
export function rewrittenSentence(columns: readonly string[]): string {
  return `${columns.join(', ')}: the values are the same as before, but some may be written otherwise, such as 1.5 instead of 1.50.`;
}
