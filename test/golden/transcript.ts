import { stringify } from 'yaml';
import type { ServiceConnection } from '../../src/attach/connection.ts';
import { errorShape } from '../../src/base/errors.ts';
import type { RequestType } from '../../src/protocol/rpc.ts';

/** Requests with their replies as text that a person can review; what differs from one day to the next is masked. */
export class Transcript {
  readonly #connection: ServiceConnection;
  readonly #names = new Map<string, string>();
  #text = '';
  #commits = 0;

  constructor(connection: ServiceConnection) {
    this.#connection = connection;
  }

  get text(): string {
    return this.#text;
  }

  /** From here on the value reads as the name, wherever it occurs. */
  mask(value: string, name: string): void {
    this.#names.set(value, `<${name}>`);
  }

  tell(what: string): void {
    this.#text += `\n──── ${what}\n`;
  }

  async send<Parameters, Result>(
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
  ): Promise<Result> {
    const result = await this.#connection.send(type, parameters);
    this.show(type, parameters, result);
    return result;
  }

  /** A request that was sent elsewhere. */
  show<Parameters, Result>(
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    result: Result,
  ): void {
    this.#text += `\n${type.method}\n${this.#print(parameters)}→\n${this.#print(result)}`;
  }

  /** The request must fail. */
  async refused<Parameters>(type: RequestType<Parameters, unknown>, parameters: Parameters): Promise<void> {
    const error = await this.#connection.send(type, parameters).then(
      () => Promise.reject(new Error(`${type.method} should have been refused`)),
      (reason: unknown) => errorShape(reason),
    );
    this.#text += `\n${type.method}\n${this.#print(parameters)}→ refused\n${this.#print(error)}`;
  }

  #print(value: unknown): string {
    const text = stringify(value, (key, entry) => this.#masked(key, entry), { lineWidth: 0 });
    return text.trimEnd().replace(/^/gm, '    ').concat('\n');
  }

  #masked(key: unknown, value: unknown): unknown {
    if (typeof key === 'string' && value !== undefined && unstable.has(key)) {
      return `<${key}>`;
    }
    if (typeof value === 'string') {
      return this.#maskedText(value);
    }
    // The counter of a run's changes depends on how often somebody looked; a dataset's version is what counts.
    return isRun(value) ? { ...value, version: '<counter>' } : value;
  }

  #maskedText(text: string): string {
    for (const [commit] of text.matchAll(/\b[0-9a-f]{40}\b/g)) {
      if (!this.#names.has(commit)) {
        this.#commits += 1;
        this.mask(commit, `commit ${this.#commits}`);
      }
    }
    return [...this.#names].reduce((masked, [value, name]) => masked.replaceAll(value, name), text);
  }
}

/** Values that are another one on each machine, in each moment. */
const unstable = new Set([
  ...['time', 'times', 'startTime', 'endTime', 'deletedTime', 'lastStartTime', 'startedAt'],
  ...['processId', 'databaseBytes', 'trackingUri'],
  ...['interpreterVersion', 'packages', 'mlflow.user'],
]);

function isRun(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'experimentName' in value && 'version' in value;
}
