import { errorShape, WorkbenchError } from '../../base/errors.ts';
import { searchErrorCodes } from '../../protocol/search.ts';
import { storeErrorCodes } from '../experiments/storeErrors.ts';
import { modelErrorCodes } from '../models/errors.ts';
import { traceErrorCodes } from '../traces/errors.ts';

const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
  // MLflow says 500, which its client repeats for four minutes; a mistake of ours would not go away by that.
  INTERNAL_ERROR: 400,
} as const;

export type MlflowErrorCode = keyof typeof statuses;

/** The one way in which the REST API says no: MLflow's code, its status, a sentence. */
export class MlflowError extends WorkbenchError {
  readonly errorCode: MlflowErrorCode;

  constructor(errorCode: MlflowErrorCode, message: string) {
    super(`mlflow.${errorCode}`, message);
    this.errorCode = errorCode;
  }
}

const codesOfStore: Readonly<Record<string, MlflowErrorCode>> = {
  [storeErrorCodes.experimentNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [storeErrorCodes.experimentExists]: 'RESOURCE_ALREADY_EXISTS',
  [storeErrorCodes.experimentDeleted]: 'INVALID_PARAMETER_VALUE',
  [storeErrorCodes.runNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [storeErrorCodes.runDeleted]: 'INVALID_PARAMETER_VALUE',
  [storeErrorCodes.parameterChanged]: 'INVALID_PARAMETER_VALUE',
  [storeErrorCodes.tagNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [storeErrorCodes.foreignArtifacts]: 'INVALID_PARAMETER_VALUE',
  [storeErrorCodes.unsafePath]: 'INVALID_PARAMETER_VALUE',
  [storeErrorCodes.artifactNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [modelErrorCodes.registeredModelNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [modelErrorCodes.registeredModelExists]: 'RESOURCE_ALREADY_EXISTS',
  [modelErrorCodes.versionNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [modelErrorCodes.loggedModelNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [modelErrorCodes.tagNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [modelErrorCodes.aliasNotFound]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.invalidName]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.invalidAlias]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.invalidStage]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.invalidSource]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.parameterChanged]: 'INVALID_PARAMETER_VALUE',
  [modelErrorCodes.invalidOrder]: 'INVALID_PARAMETER_VALUE',
  [traceErrorCodes.traceNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [traceErrorCodes.tagNotFound]: 'RESOURCE_DOES_NOT_EXIST',
  [traceErrorCodes.invalidTraceId]: 'INVALID_PARAMETER_VALUE',
  [searchErrorCodes.filter]: 'INVALID_PARAMETER_VALUE',
  [searchErrorCodes.order]: 'INVALID_PARAMETER_VALUE',
};

/** A full disk or a busy database may pass, so the client is right to try these again. */
const passing = /^(SQLITE_(BUSY|FULL|IOERR|LOCKED)|ENOSPC$|EMFILE$|ENFILE$)/;

export interface MlflowReply {
  readonly status: number;
  readonly body: { readonly error_code: MlflowErrorCode; readonly message: string };
  /** Nobody named this error: it belongs in the log. */
  readonly unexpected: boolean;
}

export function errorReply(error: unknown): MlflowReply {
  const { errorCode, unexpected } = classify(error);
  const message = errorShape(error).message;
  return { status: statuses[errorCode], body: { error_code: errorCode, message }, unexpected };
}

function classify(error: unknown): { errorCode: MlflowErrorCode; unexpected: boolean } {
  if (error instanceof MlflowError) {
    return { errorCode: error.errorCode, unexpected: false };
  }
  const named = codesOfStore[errorShape(error).code];
  if (named) {
    return { errorCode: named, unexpected: false };
  }
  const code = (error as { code?: unknown } | undefined)?.code;
  const transient = typeof code === 'string' && passing.test(code);
  return { errorCode: transient ? 'TEMPORARILY_UNAVAILABLE' : 'INTERNAL_ERROR', unexpected: true };
}

export function invalidParameter(message: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', message);
}

export function endpointNotFound(path: string): MlflowError {
  return new MlflowError('ENDPOINT_NOT_FOUND', `${path} is not served by MLOps Workbench.`);
}

export function methodNotAllowed(method: string, path: string): MlflowError {
  return new MlflowError('METHOD_NOT_ALLOWED', `${method} is not allowed for ${path}.`);
}

export function wrongContentType(): MlflowError {
  return invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
}

export function badRequest(message: string): MlflowError {
  return new MlflowError('BAD_REQUEST', message);
}

export function malformedJson(): MlflowError {
  return new MlflowError('BAD_REQUEST', 'The request body is not a JSON object.');
}

export function multipartNotSupported(): MlflowError {
  return new MlflowError(
    'NOT_IMPLEMENTED',
    'Multipart upload is not supported for the current artifact repository',
  );
}

export function uploadInterrupted(): MlflowError {
  return new MlflowError('BAD_REQUEST', 'The upload ended early. Nothing was stored.');
}

/** `code` as the system says it: the port is taken, or not for everybody. */
export function portNotFree(port: number, code: string): WorkbenchError {
  const reason = code === 'EACCES' ? 'needs rights that you do not have' : 'is taken by another program';
  return new WorkbenchError(
    'mlflow.portNotFree',
    `Port ${port} on this machine ${reason}. Nothing was started. Choose another port, or leave it out for any that is free.`,
  );
}
