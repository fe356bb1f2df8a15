import { notification, request } from './rpc.ts';

/** The first message on every connection. Refused with `service.otherVersion` when the protocols differ. */
export const hello = request<Hello, Welcome>('service/hello');

/** Asks the service to leave as soon as no run needs it; answers whether it leaves now. */
export const retire = request<null, { runningRuns: number; leaving: boolean }>('service/retire');

export const getStatus = request<null, ServiceStatus>('service/getStatus');

export const logWritten = notification<LogEntry>('service/logWritten');

export interface Hello {
  readonly protocol: number;
  readonly version: string;
  readonly client: 'editor' | 'terminal' | 'test';
}

export interface Welcome {
  readonly protocol: number;
  readonly version: string;
  readonly processId: number;
  readonly workspace: string;
  /** Where scripts log: the loopback address with its secret path. */
  readonly trackingUri: string;
  /** The absolute folder of the artifacts. */
  readonly artifacts: string;
}

export interface ServiceStatus {
  readonly processId: number;
  readonly startedAt: number;
  readonly connections: number;
  readonly runningRuns: number;
  /** Of this folder: those that others have under way on a remote server do not count. */
  readonly runsUnderWay: number;
  readonly databaseBytes: number;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface LogEntry {
  readonly time: number;
  readonly level: LogLevel;
  /** The domain that speaks: `experiments`, `versions`, `service`… */
  readonly source: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** What `.mlops/service.json` (mode 0600) says about the running service. */
export interface ServiceAddress {
  readonly protocol: number;
  readonly version: string;
  readonly processId: number;
  /** A Unix socket path or a Windows pipe name. */
  readonly socket: string;
  readonly trackingUri: string;
  /** While the tracking address is open: the secret of the address before, which comes back after it. */
  readonly secret?: string;
  readonly startedAt: number;
}

/** How the tracking server is to be reached, where somebody asked for it; a service that runs keeps what it has. */
export interface TrackingOptions {
  /** Just this port, or no start at all. */
  readonly port?: number;
  /** An absolute folder in which artifacts are kept from now on. */
  readonly artifacts?: string;
  /** No secret in the address: whoever reaches the port may read and write. */
  readonly open?: boolean;
}

/** The one line that a starting service prints to standard output before it detaches. */
export type ServiceAnnouncement =
  | { readonly state: 'ready' | 'attach'; readonly address: ServiceAddress }
  | { readonly state: 'failed'; readonly error: { readonly code: string; readonly message: string } };
