import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthSpec } from '../../spec/spec.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Resolves at the first healthy answer of a program that was started `ageMs` ago, asking one question at a time;
 * rejects with the signal's reason.
 */
export async function untilAnswering(
  address: Address,
  health: HealthSpec,
  ageMs: number,
  signal: AbortSignal,
): Promise<void> {
  const programStartedAt = performance.now() - ageMs;
  for (;;) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    if (await probe(address, health, signal)) return;
    const now = performance.now();
    const restMs = restAfterProbeMs(now - programStartedAt, now - startedAt);
    // The reason is thrown above; an AbortError of the timer would hide it.
    await delay(restMs, undefined, { signal }).catch(() => undefined);
  }
}

/** How long to wait before a program that was started `ageMs` ago is asked again, the last question having taken `tookMs`. */
export function restAfterProbeMs(ageMs: number, tookMs: number): number {
  return Math.max(0, (ageMs < EAGER_MS ? EAGER_EVERY_MS : PROBE_EVERY_MS) - tookMs);
}

// Private

const PROBE_EVERY_MS = 50;

/**
 * The requests held for a sleeping service wait for the answer to be noticed, so that a program that starts fast is
 * asked often; one that takes longer than this does not notice the difference.
 */
const EAGER_MS = 2000;
const EAGER_EVERY_MS = 10;

/** One question: GET with a 2xx or 3xx answer, or without a path a TCP connection that opens. Never rejects. */
function probe(
  { host, port }: Address,
  health: Pick<HealthSpec, 'path' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (healthy: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      attempt.destroy();
      resolve(healthy);
    };
    const giveUp = (): void => settle(false);
    const attempt =
      health.path === null
        ? connect({ host, port }, () => settle(true))
        : // A connection of its own: one kept alive would keep a server from closing.
          get({ host, port, path: health.path, agent: false }, ({ statusCode = 0 }) =>
            settle(statusCode >= 200 && statusCode < 400),
          );
    attempt.on('error', giveUp);
    const timer = setTimeout(giveUp, health.timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
