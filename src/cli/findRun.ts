import {
  type ExperimentId,
  getRuns,
  listExperiments,
  type RunQuery,
  type RunSummary,
  searchRuns,
} from '../protocol/experiments.ts';
import { deletedRunNotFound, experimentNotFound, runAmbiguous, runNotFound } from './errors.ts';
import { shortId } from './render/runText.ts';
import type { Session } from './session.ts';

const pageSize = 1_000;

/** What the help says about the argument that names a run. */
export const runHelp = 'a name, an id, or the start of an id';

/** The run that a person means by its id, the unique start of it, or its name. */
export async function resolveRun(session: Session, asked: string): Promise<RunSummary> {
  const [exact] = await session.send(getRuns, { runs: [asked] });
  if (exact) {
    return exact;
  }
  const found = onlyMatch(await allRuns(session), asked);
  if (!found) {
    throw runNotFound(asked);
  }
  return found;
}

/** Names are given again once their runs are deleted: only deleted runs are looked at. */
export async function resolveDeletedRun(session: Session, asked: string): Promise<RunSummary> {
  const found = onlyMatch(await allRuns(session, { deleted: true }), asked);
  if (!found) {
    throw deletedRunNotFound(asked);
  }
  return found;
}

function onlyMatch(runs: readonly RunSummary[], asked: string): RunSummary | undefined {
  const matches = matchingRuns(runs, asked);
  if (matches.length > 1) {
    const some = matches.slice(0, 5).map(({ name, id }) => `${name} ${shortId(id)}`);
    throw runAmbiguous(asked, matches.length, some);
  }
  return matches[0];
}

/** A whole name before the start of an id: a run may be called `ab`. */
export function matchingRuns<Run extends { readonly id: string; readonly name: string }>(
  runs: readonly Run[],
  asked: string,
): Run[] {
  const named = runs.filter(({ name }) => name === asked);
  return named.length > 0 ? named : runs.filter(({ id }) => asked !== '' && id.startsWith(asked));
}

export async function resolveExperiment(session: Session, asked: string): Promise<ExperimentId> {
  const experiments = await session.send(listExperiments, null);
  const found = experiments.find(({ name, id }) => name === asked || id === asked);
  if (!found) {
    const known = experiments.filter(({ runCount }) => runCount > 0).map(({ name }) => name);
    throw experimentNotFound(asked, known);
  }
  return found.id;
}

async function allRuns(session: Session, query: RunQuery = {}): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (;;) {
    const { items, total } = await session.send(searchRuns, {
      ...query,
      limit: pageSize,
      offset: runs.length,
    });
    runs.push(...items);
    if (items.length === 0 || runs.length >= total) {
      return runs;
    }
  }
}
