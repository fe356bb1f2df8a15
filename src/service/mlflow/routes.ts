import { messages } from './decode.ts';
import { multipartNotSupported } from './errors.ts';
import * as experiments from './experiments.ts';
import { loggedModelRoutes } from './loggedModels.ts';
import { logModelRoute } from './logModel.ts';
import { metricHistoryRoutes } from './metricHistory.ts';
import { modelVersionRoutes } from './modelVersions.ts';
import { registeredModelRoutes } from './registeredModels.ts';
import { type Route, route } from './route.ts';
import * as runs from './runs.ts';
import { traceRoutes } from './traces.ts';

/** Everything below `/api/2.0/mlflow/`; each is served under `/ajax-api` and as 3.0 as well. */
export const routes: readonly Route[] = [
  route('POST', 'experiments/create', messages.createExperiment, experiments.create),
  route('GET', 'experiments/get', messages.experiment, experiments.get),
  route('GET', 'experiments/get-by-name', messages.experimentByName, experiments.getByName),
  route('POST', 'experiments/search', messages.searchExperiments, experiments.search),
  route('GET', 'experiments/search', messages.searchExperiments, experiments.search),
  route('POST', 'experiments/update', messages.renameExperiment, experiments.rename),
  route('POST', 'experiments/delete', messages.experiment, experiments.remove),
  route('POST', 'experiments/restore', messages.experiment, experiments.restore),
  route('POST', 'experiments/set-experiment-tag', messages.experimentTag, experiments.setTag),
  route('POST', 'experiments/delete-experiment-tag', messages.deleteExperimentTag, experiments.deleteTag),

  route('POST', 'runs/create', messages.createRun, runs.create),
  route('GET', 'runs/get', messages.run, runs.get),
  route('POST', 'runs/update', messages.updateRun, runs.update),
  route('POST', 'runs/delete', messages.run, runs.remove),
  route('POST', 'runs/restore', messages.run, runs.restore),
  route('POST', 'runs/search', messages.searchRuns, runs.search),
  route('POST', 'runs/log-metric', messages.logMetric, runs.logMetric),
  route('POST', 'runs/log-parameter', messages.logParameter, runs.logParameter),
  route('POST', 'runs/set-tag', messages.setTag, runs.setTag),
  route('POST', 'runs/delete-tag', messages.deleteTag, runs.deleteTag),
  route('POST', 'runs/log-batch', messages.logBatch, runs.logBatch),
  route('POST', 'runs/log-inputs', messages.logInputs, runs.logInputs),
  route('POST', 'runs/outputs', messages.logOutputs, runs.logOutputs),
  logModelRoute,
  ...metricHistoryRoutes,
  route('GET', 'artifacts/list', messages.listArtifacts, runs.listArtifacts),

  ...registeredModelRoutes,
  ...modelVersionRoutes,
  ...loggedModelRoutes,
  ...traceRoutes,

  route('GET', 'server-info', messages.nothing, () => ({
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
    multipart_uploads_enabled: false,
    multipart_downloads_enabled: false,
  })),
];

/** Below `/api/2.0/mlflow-artifacts/`, beside the files themselves: the client falls back to one PUT. */
export const multipartPaths = ['mpu/create/*', 'mpu/complete/*', 'mpu/abort/*', 'presigned/*'] as const;

export function refuseMultipart(): never {
  throw multipartNotSupported();
}
