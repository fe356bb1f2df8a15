import { describe, expect, it, vi } from 'vitest';
import { type Deferred, deferred } from '../../../../src/base/async.ts';
import { WorkbenchError } from '../../../../src/base/errors.ts';
import { Resource } from '../../../../webview-ui/shared/resource.ts';

/** A resource whose fetches are answered by hand. */
function handAnswered() {
  const fetches: { answer: Deferred<string>; signal: AbortSignal }[] = [];
  const changed = vi.fn();
  const resource = new Resource<string>(
    (signal) => {
      const answer = deferred<string>();
      fetches.push({ answer, signal });
      return answer.promise;
    },
    changed,
    { shortestRest: 1 },
  );
  return { resource, fetches, changed };
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5_000 });

describe('Resource', () => {
  it('is loading until the first answer and then has its value', async () => {
    const { resource, fetches, changed } = handAnswered();
    resource.refresh();
    expect(resource.isLoading).toBe(true);
    fetches[0]!.answer.resolve('one');
    await until(() => expect(resource.value).toBe('one'));
    expect(resource.isLoading).toBe(false);
    expect(changed).toHaveBeenCalledTimes(1);
    resource.dispose();
  });

  it('never has two fetches under way, and fetches once more after any amount of news', async () => {
    const { resource, fetches } = handAnswered();
    resource.refresh();
    for (let news = 0; news < 100; news += 1) {
      resource.refresh();
    }
    expect(fetches).toHaveLength(1);
    fetches[0]!.answer.resolve('old');
    await until(() => expect(fetches).toHaveLength(2));
    expect(resource.value).toBe('old');
    fetches[1]!.answer.resolve('new');
    await until(() => expect(resource.value).toBe('new'));
    expect(fetches).toHaveLength(2);
    resource.dispose();
  });

  it('keeps the old value when a fetch fails, and says why', async () => {
    const { resource, fetches } = handAnswered();
    resource.refresh();
    fetches[0]!.answer.resolve('one');
    await until(() => expect(resource.value).toBe('one'));
    resource.refresh();
    await until(() => expect(fetches).toHaveLength(2));
    fetches[1]!.answer.reject(new WorkbenchError('service.away', 'The service is away.'));
    await until(() => expect(resource.error).toMatchObject({ code: 'service.away' }));
    expect(resource.value).toBe('one');
    resource.dispose();
  });

  it('gives up the fetch under way when the question changes, and takes no answer of it', async () => {
    const { resource, fetches } = handAnswered();
    resource.refresh();
    resource.restart();
    expect(fetches[0]!.signal.aborted).toBe(true);
    fetches[1]!.answer.resolve('second');
    await until(() => expect(resource.value).toBe('second'));
    fetches[0]!.answer.resolve('first');
    await Promise.resolve();
    expect(resource.value).toBe('second');
    resource.dispose();
  });

  it('cancels and stays silent after it was disposed', async () => {
    const { resource, fetches, changed } = handAnswered();
    resource.refresh();
    resource.dispose();
    expect(fetches[0]!.signal.aborted).toBe(true);
    fetches[0]!.answer.resolve('late');
    await Promise.resolve();
    expect(changed).not.toHaveBeenCalled();
  });
});
