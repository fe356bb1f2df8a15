import { expect, it } from 'vitest';
import { deferred } from '../../../src/base/async.ts';
import { errorShape, WorkbenchError } from '../../../src/base/errors.ts';
import { Anonymisation } from '../../../src/client/anonymisation.ts';
import type { ServiceClient } from '../../../src/client/service/serviceClient.ts';
import { KeyBook } from '../../../src/keys/keyBook.ts';
import {
  applyRecipe,
  openRecipe,
  previewRecipe,
  type RecipeState,
  restoreData,
} from '../../../src/protocol/privacy.ts';
import { patients } from '../../../webview-ui/dev/sampleRecipes.ts';

/** A service that holds keys in memory, and a client of it with a secret storage. */
interface Opened {
  readonly id?: string | null;
  readonly needed?: string;
  readonly older?: readonly string[];
}

function opened({ id = 'patients', needed = id ?? '', older = [] }: Opened = {}) {
  const held = new Set<string>();
  const asked: { method: string; parameters: unknown }[] = [];
  const secrets = new Map<string, string>();
  const memory = new Map<string, unknown>();
  const applied: string[] = [];
  const finished = deferred<void>();
  const state = (): RecipeState => ({
    ...patients().state,
    key: { id, state: id !== null && held.has(id) ? 'ready' : 'missing', wasUsed: false },
    releases: older.map((key, at) => ({ release: `r${at}`, key })),
  });
  const answers: Record<string, (parameters: { id?: string }) => unknown> = {
    'privacy/openRecipe': state,
    'privacy/handKey': (parameters) => held.add(parameters.id!),
    'privacy/apply': () => finished.promise.then(() => ({ output: 'out.csv' })),
    'privacy/preview': () => 'rows',
    'privacy/restore': () => 'back',
  };
  const client = {
    folder: { uri: 'file:///project' },
    send: async ({ method }: { method: string }, parameters: { id?: string }) => {
      asked.push({ method, parameters });
      if (/apply|preview|restore/.test(method) && !held.has(needed)) {
        throw new WorkbenchError('privacy.keyMissing', 'The key has not been handed over.');
      }
      return answers[method]!(parameters);
    },
  } as unknown as ServiceClient;
  const keys = new KeyBook(
    {
      get: async (name) => secrets.get(name),
      store: async (name, text) => void secrets.set(name, text),
      delete: async (name) => void secrets.delete(name),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    {
      get: (name, otherwise) => (memory.get(name) ?? otherwise) as never,
      update: async (name, value) => void memory.set(name, value),
    },
  );
  const anonymisation = new Anonymisation(keys, (_client, recipe, { output }) =>
    applied.push(`${recipe} ${output}`),
  );
  const methods = () => asked.map(({ method }) => method.split('/')[1]);
  return { anonymisation, client, keys, held, asked, methods, applied, finish: () => finished.resolve() };
}

const recipe = 'data/patients.anonymise.yaml';

it('a recipe that is opened finds its key at the service', async () => {
  const { anonymisation, client, keys, asked, methods } = opened();
  await keys.make('patients');
  const state = await anonymisation.send(client, openRecipe, { path: 'data/patients.csv' });
  expect(state.key.state).toBe('ready');
  expect(methods()).toEqual(['openRecipe', 'handKey', 'openRecipe']);
  expect(asked[1]!.parameters).toEqual({ id: 'patients', key: await keys.read('patients') });
});

it('a key that this computer does not have is missing, and nothing is handed over', async () => {
  for (const id of ['patients', null]) {
    const { anonymisation, client, keys, methods } = opened({ id });
    await keys.make('another');
    const state = await anonymisation.send(client, openRecipe, { path: 'data/patients.csv' });
    expect(state.key.state).toBe('missing');
    expect(methods()).toEqual(['openRecipe']);
  }
});

it('a service that was started anew gets the key again, and the request is repeated once', async () => {
  const { anonymisation, client, keys, held, methods } = opened();
  await keys.make('patients');
  expect(await anonymisation.send(client, previewRecipe, { recipe, rows: 10 })).toBe('rows');
  expect(methods()).toEqual(['preview', 'openRecipe', 'handKey', 'preview']);
  held.clear();
  const asked = { recipe, input: 'a.csv', output: 'b.csv' };
  expect(await anonymisation.send(client, restoreData, asked)).toBe('back');
});

it('what an older release needs is the key of then, also when it was rotated since', async () => {
  const { anonymisation, client, keys, held } = opened({ needed: 'before', older: ['before', 'never'] });
  await keys.make('before');
  await keys.make('patients');
  await keys.make('of-others');
  const asked = { recipe, input: 'a.csv', output: 'b.csv', release: 'r0' };
  expect(await anonymisation.send(client, restoreData, asked)).toBe('back');
  expect([...held].sort()).toEqual(['before', 'patients']);
});

it('without the key the refusal of the service stands', async () => {
  const { anonymisation, client, methods } = opened();
  const refused = await anonymisation.send(client, previewRecipe, { recipe, rows: 10 }).catch(errorShape);
  expect(refused).toMatchObject({ code: 'privacy.keyMissing' });
  expect(methods()).toEqual(['preview', 'openRecipe']);
});

it('an application is known while it goes on, by the page that it belongs to, and told once', async () => {
  const { anonymisation, client, keys, held, applied, finish } = opened();
  await keys.make('patients');
  held.add('patients');
  const result = anonymisation.send(client, applyRecipe, { recipe, replace: true }, {}, '/project/p.csv');
  expect(anonymisation.applying(client, '/project/p.csv')).toEqual({ recipe, replace: true });
  expect(anonymisation.applying(client, '/project/other.csv')).toBeNull();
  finish();
  await result;
  expect(anonymisation.applying(client, '/project/p.csv')).toBeNull();
  expect(applied).toEqual([`${recipe} out.csv`]);
});

it('an application that fails is over, and nothing is told', async () => {
  const { anonymisation, client, applied } = opened();
  await expect(anonymisation.send(client, applyRecipe, { recipe }, {}, 'p')).rejects.toMatchObject({
    code: 'privacy.keyMissing',
  });
  expect(anonymisation.applying(client, 'p')).toBeNull();
  expect(applied).toEqual([]);
});
