import { startServer } from '../../service/mlflow/trackingServer.ts';

/** The real tracking server with a run, and what a script of that run finds in its environment. */
export async function trackedRun() {
  const started = await startServer();
  const { store, server } = started;
  const own = store.createRun({ experiment: '0', status: 'RUNNING', startTime: 1, userId: 'ada' });
  const environment = { MLFLOW_TRACKING_URI: server.uriForRun(own.runId), MLFLOW_EXPERIMENT_ID: '0' };
  const values = (key: string) =>
    store.metricHistory(own.runId, key, 1_000_000, 0).map((point) => point.value);
  return { ...started, own, environment, values };
}
