import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until `condition` gives something that is neither false nor undefined, and returns it.
 * Fails with what was waited for; an error of the last attempt is told as its cause.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  milliseconds = 15_000,
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const deadline = Date.now() + milliseconds;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value) {
        return value as Exclude<T, false | undefined | null | 0 | ''>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(20);
  } while (Date.now() < deadline);
  throw new Error(`Waited ${milliseconds} ms in vain for ${what}`, { cause });
}
