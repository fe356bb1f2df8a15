import mlflow from './index.cjs';

export const {
  TrackingError,
  activeRun,
  endRun,
  flush,
  getArtifactUri,
  getTrackingUri,
  logArtifact,
  logArtifacts,
  logDict,
  logMetric,
  logMetrics,
  logParam,
  logParams,
  logText,
  setExperiment,
  setTag,
  setTags,
  setTrackingUri,
  startRun,
  withRun,
} = mlflow;

// biome-ignore lint/style/noDefaultExport: scripts write `import mlflow from 'mlops-workbench'`, as with mlflow.
export default mlflow;
