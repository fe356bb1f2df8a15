import {
  type ExperimentId,
  getRuns,
  listExperiments,
  type RunSummary,
  searchRuns,
} from '../protocol/experiments.ts';
import { experimentNotFound, runAmbiguous, runNotFound } from './errors.ts';
import { shortId } from './render/runText.ts';
import type { Session } from './session.ts';

const pageSize = 1_000;

/** The run that a person means by its id, the unique start of it, or its name. */
export async function resolveRun(session: Session, asked: string): Promise<RunSummary> {
  const [exact] = await session.send(getRuns, { runs: [asked] });
  if (exact) {
    return exact;
  }
  const matches = matchingRuns(await allRuns(session), asked);
  if (matches.length > 1) {
    const some = matches.slice(0, 5).map(({ name, id }) => `${name} ${shortId(id)}`);
    throw runAmbiguous(asked, matches.length, some);
  }
  if (!matches[0]) {
    throw runNotFound(asked);
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

async function allRuns(session: Session): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (;;) {
    const { items, total } = await session.send(searchRuns, { limit: pageSize, offset: runs.length });
    runs.push(...items);
    if (items.length === 0 || runs.length >= total) {
      return runs;
    }
  }
}
