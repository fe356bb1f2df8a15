import type { SendOptions } from '../attach/connection.ts';
import { hasCode } from '../base/errors.ts';
import type { KeyBook } from '../keys/keyBook.ts';
import {
  type AppliedRecipe,
  type ApplyRecipe,
  applyRecipe,
  changeRecipe,
  handKey,
  keyMissingCode,
  openRecipe,
  type RecipeState,
} from '../protocol/privacy.ts';
import type { RequestType } from '../protocol/rpc.ts';
import { changeSynthesis, openSynthesis, type SynthesisState } from '../protocol/synthesis.ts';
import type { ServiceClient } from './service/serviceClient.ts';

/**
 * Requests about recipes, with what the client adds: the service is handed the keys that this computer has, and an
 * application that goes on while its page is hidden is known, to be joined when the page is back.
 */
export class Anonymisation {
  readonly keys: KeyBook;
  /** By the folder and the path that a page is about. */
  readonly #applying = new Map<string, ApplyRecipe>();
  readonly #applied: (client: ServiceClient, recipe: string, applied: AppliedRecipe) => void;

  /** `applied` hears what was written, whoever asked for it. */
  constructor(
    keys: KeyBook,
    applied: (client: ServiceClient, recipe: string, applied: AppliedRecipe) => void,
  ) {
    this.keys = keys;
    this.#applied = applied;
  }

  /** A request of the page about `subject`, or of a command. */
  async send<Parameters, Result>(
    client: ServiceClient,
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    options: SendOptions = {},
    subject = '',
  ): Promise<Result> {
    if (type.method === applyRecipe.method) {
      return (await this.#apply(client, parameters as ApplyRecipe, subject, options)) as Result;
    }
    const answer = await this.#sendWithKey(client, type, parameters, options);
    if (type.method === openRecipe.method || type.method === changeRecipe.method) {
      return (await this.#withKey(client, answer as RecipeState)) as Result;
    }
    if (type.method === openSynthesis.method || type.method === changeSynthesis.method) {
      const { key, recipe, seed } = answer as SynthesisState;
      // Rows come by chance where nobody has the key.
      const isMissing = key.id !== null && (key.state === 'missing' || seed === 'chance');
      if (isMissing && (await this.handOver(client, key.id!))) {
        return (await client.send(openSynthesis, { path: recipe })) as Result;
      }
    }
    return answer;
  }

  /** What is being applied for a page. */
  applying(client: ServiceClient, subject: string): ApplyRecipe | null {
    return this.#applying.get(placeOf(client, subject)) ?? null;
  }

  /** True where this computer has the key. */
  async handOver(client: ServiceClient, id: string): Promise<boolean> {
    const key = await this.keys.read(id);
    if (key === undefined) {
      return false;
    }
    await client.send(handKey, { id, key });
    return true;
  }

  async #sendWithKey<Parameters, Result>(
    client: ServiceClient,
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    options: SendOptions,
  ): Promise<Result> {
    try {
      return await client.send(type, parameters, options);
    } catch (error) {
      const { recipe } = (parameters ?? {}) as { recipe?: string };
      if (!hasCode(error, keyMissingCode) || recipe === undefined) {
        throw error;
      }
      // The service has ended since it was handed the key: it forgets with its memory.
      const { key, releases = [] } = await client.send(openRecipe, { path: recipe });
      // An older release may have been made with a key that was rotated since.
      const ids = new Set([key.id, ...releases.map((each) => each.key)]);
      let handed = false;
      for (const id of ids) {
        handed = (id !== null && (await this.handOver(client, id))) || handed;
      }
      if (!handed) {
        throw error;
      }
      return client.send(type, parameters, options);
    }
  }

  async #withKey(client: ServiceClient, state: RecipeState): Promise<RecipeState> {
    const { key, recipe } = state;
    if (key.state !== 'missing' || key.id === null || !(await this.handOver(client, key.id))) {
      return state;
    }
    // A draft is known by its table as well as by its name.
    return client.send(openRecipe, { path: state.saved ? recipe : state.input.path });
  }

  async #apply(
    client: ServiceClient,
    asked: ApplyRecipe,
    subject: string,
    options: SendOptions,
  ): Promise<AppliedRecipe> {
    const place = placeOf(client, subject);
    this.#applying.set(place, asked);
    try {
      const applied = await this.#sendWithKey(client, applyRecipe, asked, options);
      this.#applied(client, asked.recipe, applied);
      return applied;
    } finally {
      this.#applying.delete(place);
    }
  }
}

function placeOf(client: ServiceClient, subject: string): string {
  return `${client.folder.uri}#${subject}`;
}
