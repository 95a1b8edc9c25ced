import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

type Truthy<T> = Exclude<T, null | undefined | false | 0 | ''>;

/**
 * Polls until the condition gives something truthy and returns it; fails with `what` after `timeoutMs`, which costs nothing
 * when all is well, and has to be enough for a machine that does ten other things.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 60_000,
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result as Truthy<T>;
    if (performance.now() > deadline) assert.fail(`waited ${timeoutMs} ms in vain for: ${what}`);
    await delay(10);
  }
}
