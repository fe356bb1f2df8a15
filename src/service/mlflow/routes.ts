import * as z from 'zod';
import { multipartNotSupported } from './errors.ts';
import { experimentRoutes } from './experiments.ts';
import { loggedModelRoutes } from './loggedModels.ts';
import { logModelRoute } from './logModel.ts';
import { metricHistoryRoutes } from './metricHistory.ts';
import { modelVersionRoutes } from './modelVersions.ts';
import { registeredModelRoutes } from './registeredModels.ts';
import { type Route, route } from './route.ts';
import { runLoggingRoutes } from './runLogging.ts';
import { runRoutes } from './runs.ts';
import { traceRoutes } from './traces.ts';

/** Everything below `/api/2.0/mlflow/`; each is served under `/ajax-api` and as 3.0 as well. */
export const routes: readonly Route[] = [
  ...experimentRoutes,
  ...runRoutes,
  ...runLoggingRoutes,
  logModelRoute,
  ...metricHistoryRoutes,
  ...registeredModelRoutes,
  ...modelVersionRoutes,
  ...loggedModelRoutes,
  ...traceRoutes,
  route('GET', 'server-info', z.object({}), () => ({
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
