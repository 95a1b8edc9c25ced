import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

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

/** Polls until it is this, and fails with what it was at last: a page shows what it was told a frame later. */
export async function settles<T>(what: string, read: () => Promise<T>, wanted: T): Promise<void> {
  let last: T | undefined;
  const isWanted = async (): Promise<boolean> => isDeepStrictEqual((last = await read()), wanted);
  try {
    await until(what, isWanted);
  } catch (thrown) {
    if (!(thrown instanceof assert.AssertionError)) throw thrown;
    assert.fail(`${thrown.message}; wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(last)}`);
  }
}
