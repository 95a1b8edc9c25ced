import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthSpec } from '../../spec/spec.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Resolves at the first healthy answer; rejects with the signal's reason. */
export async function untilAnswering(
  address: Address,
  health: HealthSpec,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    if (await probe(address, health, signal)) return;
    const restMs = PROBE_EVERY_MS - (performance.now() - startedAt);
    // The reason is thrown above; an AbortError of the timer would hide it.
    await delay(Math.max(0, restMs), undefined, { signal }).catch(() => undefined);
  }
}

// Private

const PROBE_EVERY_MS = 50;

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
