import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deferred } from '../../../../src/base/async.ts';
import { WorkbenchError } from '../../../../src/base/errors.ts';
import type { RecipeChange, RecipeState } from '../../../../src/protocol/privacy.ts';
import { RecipeSession } from '../../../../webview-ui/anonymise/recipeSession.ts';
import { FakeRecipe } from '../../../../webview-ui/dev/fakeRecipe.ts';
import { patients } from '../../../../webview-ui/dev/sampleRecipes.ts';

interface Asked {
  readonly method: string;
  readonly parameters: { readonly version?: number; readonly change?: RecipeChange };
  readonly signal: AbortSignal | undefined;
  answer(): void;
}

const drop = { kind: 'method', column: 'patient', method: { id: 'drop', options: {} } } as const;
const mask = { kind: 'method', column: 'patient', method: { id: 'mask', options: {} } } as const;
const sensitive = { kind: 'role', column: 'visits', role: 'sensitive' } as const;

/** A service whose answers come when the test says so. */
function opened(change: Partial<RecipeState> = {}) {
  const fake = new FakeRecipe(patients(change));
  const asked: Asked[] = [];
  const send = (type: { method: string }, parameters: never, signal?: AbortSignal) => {
    const answered = deferred<unknown>();
    asked.push({
      method: type.method.split('/')[1]!,
      parameters,
      signal,
      answer: () => {
        try {
          answered.resolve(structuredClone(fake.answers[type.method]!(parameters)));
        } catch (error) {
          answered.reject(error);
        }
      },
    });
    signal?.addEventListener('abort', () => answered.reject(new WorkbenchError('cancelled', 'Cancelled.')));
    return answered.promise;
  };
  const session = new RecipeSession({
    host: { send: send as never },
    path: 'p.csv',
    changed: () => undefined,
  });
  /** Answers the newest question, and lets what follows from it happen. */
  const answer = async (method: string) => {
    const last = asked.at(-1)!;
    expect(last.method).toBe(method);
    last.answer();
    await vi.advanceTimersByTimeAsync(0);
  };
  const methods = () => asked.map(({ method }) => method);
  const method = (name = 'patient') =>
    session.recipe!.columns.find((column) => column.name === name)!.method.id;
  return { session, fake, asked, answer, methods, method };
}

async function ready(change?: Partial<RecipeState>) {
  const all = opened(change);
  all.session.reload();
  await all.answer('openRecipe');
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('a choice is shown before it is answered, and sent with the version that it is of', async () => {
  const { session, asked, method, answer } = await ready();
  session.choose(drop);
  expect(method()).toBe('drop');
  expect(asked.at(-1)).toMatchObject({ method: 'changeRecipe', parameters: { version: 1, change: drop } });
  await answer('changeRecipe');
  expect(session.recipe).toMatchObject({ version: 2, saved: true });
  expect(method()).toBe('drop');
});

it('an answer that comes late does not take back what was chosen since', async () => {
  const { session, asked, answer, method } = await ready();
  session.choose(drop);
  session.choose(mask);
  session.choose(sensitive);
  await answer('changeRecipe');
  expect(method()).toBe('mask');
  expect(asked.at(-1)!.parameters).toMatchObject({ version: 2, change: mask });
  await answer('changeRecipe');
  expect(session.recipe!.columns.find(({ name }) => name === 'visits')).toMatchObject({ role: 'sensitive' });
  await answer('changeRecipe');
  expect(method()).toBe('mask');
});

it('of several choices about the same thing only the last that was not sent yet is sent', async () => {
  const { session, asked, answer } = await ready();
  session.choose(sensitive);
  session.choose(drop);
  session.choose(mask);
  await answer('changeRecipe');
  await answer('changeRecipe');
  const sent = asked
    .filter(({ method }) => method === 'changeRecipe')
    .map(({ parameters }) => parameters.change);
  expect(sent).toEqual([sensitive, mask]);
});

it('previews once the choices rest, and stops a preview that a newer choice made useless', async () => {
  const { session, asked, answer, methods } = await ready();
  await vi.advanceTimersByTimeAsync(250);
  expect(methods()).toEqual(['openRecipe', 'preview']);
  const first = asked.at(-1)!;
  session.choose(drop);
  expect(first.signal!.aborted).toBe(true);
  expect(session.isPreviewing).toBe(true);
  await answer('changeRecipe');
  await vi.advanceTimersByTimeAsync(249);
  expect(methods().at(-1)).toBe('changeRecipe');
  await vi.advanceTimersByTimeAsync(1);
  expect(methods().at(-1)).toBe('preview');
  await answer('preview');
  expect(session.preview).toMatchObject({ version: 2 });
  expect(session.preview!.columns).not.toContain('patient');
  expect(session.isPreviewing).toBe(false);
  expect(session.previewProblem).toBeUndefined();
});

it('asks for no preview of a recipe that has problems or lacks its key', async () => {
  for (const change of [
    { problems: [{ message: 'No such column.' }] },
    { key: { id: 'patients', state: 'missing', wasUsed: false } as const },
  ]) {
    const { methods } = await ready(change);
    await vi.advanceTimersByTimeAsync(1000);
    expect(methods()).toEqual(['openRecipe']);
  }
});

it('a choice about something else than what changed in the file is made again on the newer recipe', async () => {
  const { session, fake, asked, answer, method } = await ready();
  fake.edit({ output: 'other.csv' });
  session.choose(drop);
  await answer('changeRecipe');
  await answer('openRecipe');
  expect(method()).toBe('drop');
  expect(asked.at(-1)!.parameters).toMatchObject({ version: 2, change: drop });
  await answer('changeRecipe');
  expect(session.recipe).toMatchObject({ version: 3, output: 'other.csv' });
  expect(method()).toBe('drop');
  expect(session.notice).toBeUndefined();
});

it('where the file says something else about the same thing, the file wins, and the page says so', async () => {
  const { session, fake, answer, method } = await ready();
  const [patient, ...others] = fake.state.columns;
  fake.edit({ columns: [{ ...patient!, method: { id: 'keep', options: {} } }, ...others] });
  session.choose(drop);
  await answer('changeRecipe');
  await answer('openRecipe');
  expect(method()).toBe('keep');
  expect(session.notice).toContain('was changed in its file at the same time');
});

it('a refused choice is taken back with its reason', async () => {
  const { session, fake, asked, method } = await ready();
  session.choose(drop);
  Object.assign(fake.answers, {
    'privacy/changeRecipe': () => {
      throw new WorkbenchError('privacy.x', 'That cannot be.');
    },
  });
  asked.at(-1)!.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(method()).toBe('pseudonym');
  expect(session.problem).toMatchObject({ message: 'That cannot be.' });
});

it('news of a newer version opens the recipe again; news of what is known already does not', async () => {
  const { session, fake, methods, answer } = await ready();
  session.heard(fake.state.recipe, 1);
  session.heard('another.anonymise.yaml', 9);
  await vi.advanceTimersByTimeAsync(0);
  expect(methods()).toEqual(['openRecipe']);
  fake.edit({ output: 'other.csv' });
  session.heard(fake.state.recipe, 2);
  await answer('openRecipe');
  expect(session.recipe).toMatchObject({ output: 'other.csv' });
});

it('a service that counts its versions anew is believed', async () => {
  const { session, fake, methods, answer } = await ready({ version: 40 });
  fake.state = { ...fake.state, version: 1, output: 'other.csv' };
  session.reload();
  await answer('openRecipe');
  await vi.advanceTimersByTimeAsync(0);
  expect(session.recipe).toMatchObject({ version: 1, output: 'other.csv' });
  expect(methods()).toEqual(['openRecipe', 'openRecipe']);
});

it('what is anonymised is what all choices so far were answered with', async () => {
  const { session, answer } = await ready();
  session.choose(drop);
  const settled = session.settled();
  await answer('changeRecipe');
  expect(await settled).toMatchObject({ version: 2 });
});
