import { setTimeout as delay } from 'node:timers/promises';

export const defaultTimeout = 60_000;

const POLL_INTERVAL = 50;

/** Asks again until the answer is true; throws, saying what was waited for, when that takes too long. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  options: { readonly timeout?: number } = {},
): Promise<void> {
  const timeout = options.timeout ?? defaultTimeout;
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeout / 1000} s in vain for ${what}.`);
    }
    await delay(POLL_INTERVAL);
  }
}
