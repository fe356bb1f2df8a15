import { WorkbenchError } from '../../base/errors.ts';

/** What can go wrong with traces. Where MLflow has a sentence for it, that sentence is kept. */
export const traceErrorCodes = {
  traceNotFound: 'traces.traceNotFound',
  tagNotFound: 'traces.tagNotFound',
  invalidTraceId: 'traces.invalidTraceId',
} as const;

export function traceNotFound(traceId: string): WorkbenchError {
  return new WorkbenchError(traceErrorCodes.traceNotFound, `Trace with ID '${traceId}' not found.`);
}

export function traceTagNotFound(traceId: string, key: string): WorkbenchError {
  return new WorkbenchError(
    traceErrorCodes.tagNotFound,
    `No trace tag with key '${key}' for trace with ID '${traceId}'`,
  );
}

export function invalidTraceId(traceId: string): WorkbenchError {
  return new WorkbenchError(
    traceErrorCodes.invalidTraceId,
    `Invalid trace ID ${JSON.stringify(traceId.slice(0, 100))}: only letters, digits, dashes and underscores are ` +
      'allowed, at most 100. Nothing was recorded.',
  );
}
