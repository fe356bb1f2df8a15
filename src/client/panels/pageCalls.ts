import type { SendOptions } from '../../attach/connection.ts';
import { errorShape } from '../../base/errors.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import { type HostMessage, type PageMessage, panelReady } from '../../protocol/panels.ts';
import type { Progress } from '../../protocol/rpc.ts';

export type PageRequest = Extract<PageMessage, { kind: 'request' }>;

interface Call {
  readonly abort: AbortController;
  /** The request whose answer it is: another one once a page that came back has asked the same. */
  asked: PageRequest;
}

/**
 * The requests of a page that are under way. VS Code destroys a page that is hidden and makes it anew when it is seen
 * again: what it asked before is answered to nobody, but long work goes on, and the new page that asks the same waits
 * for the same answer.
 */
export class PageCalls implements Disposable {
  readonly #perform: (asked: PageRequest, options: SendOptions) => Promise<unknown>;
  readonly #post: (message: HostMessage) => void;
  readonly #underWay = new Map<number, Call>();
  #orphans: readonly Call[] = [];

  constructor(
    perform: (asked: PageRequest, options: SendOptions) => Promise<unknown>,
    post: (message: HostMessage) => void,
  ) {
    this.#perform = perform;
    this.#post = post;
  }

  receive(message: PageMessage): void {
    if (message.kind === 'cancel') {
      this.#underWay.get(message.id)?.abort.abort();
      return;
    }
    if (message.method === panelReady.method) {
      this.#orphan();
    }
    if (!this.#adopt(message)) {
      void this.#answer(message);
    }
  }

  dispose(): void {
    for (const { abort } of [...this.#underWay.values(), ...this.#orphans]) {
      abort.abort();
    }
  }

  async #answer(asked: PageRequest): Promise<void> {
    const call: Call = { abort: new AbortController(), asked };
    this.#underWay.set(asked.id, call);
    const answer = (message: (id: number) => HostMessage) => {
      if (this.#underWay.get(call.asked.id) === call) {
        this.#post(message(call.asked.id));
      }
    };
    const onProgress = (progress: Progress) => answer((id) => ({ kind: 'progress', id, progress }));
    const { signal } = call.abort;
    try {
      const result = await this.#perform(asked, asked.progress ? { signal, onProgress } : { signal });
      answer((id) => ({ kind: 'result', id, result: result ?? null }));
    } catch (error) {
      answer((id) => ({ kind: 'failure', id, error: errorShape(error) }));
    } finally {
      if (this.#underWay.get(call.asked.id) === call) {
        this.#underWay.delete(call.asked.id);
      }
      this.#orphans = this.#orphans.filter((orphan) => orphan !== call);
    }
  }

  /** Who asks for progress asks for long work. */
  #orphan(): void {
    for (const call of this.#underWay.values()) {
      if (call.asked.progress) {
        this.#orphans = [...this.#orphans, call];
      } else {
        call.abort.abort();
      }
    }
    this.#underWay.clear();
  }

  #adopt(asked: PageRequest): boolean {
    const question = ({ method, parameters }: PageRequest) => JSON.stringify([method, parameters]);
    const orphan = this.#orphans.find(
      (call) => !call.abort.signal.aborted && question(call.asked) === question(asked),
    );
    if (!orphan) {
      return false;
    }
    this.#orphans = this.#orphans.filter((call) => call !== orphan);
    orphan.asked = asked;
    this.#underWay.set(asked.id, orphan);
    return true;
  }
}
