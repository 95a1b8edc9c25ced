import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { humanDuration } from '../../kit/duration.ts';
import { codeOf, messageOf } from '../../kit/errors.ts';
import type { HealthSpec } from '../../spec/spec.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Resolves at the first healthy answer of a program that was started `ageMs` ago, asking one question at a time;
 * rejects with the signal's reason. `onUnhealthy` hears of each other answer: `'answered 500'`.
 */
export async function untilAnswering(
  address: Address,
  health: HealthSpec,
  ageMs: number,
  signal: AbortSignal,
  onUnhealthy: (seen: string) => void = () => undefined,
): Promise<void> {
  const programStartedAt = performance.now() - ageMs;
  for (;;) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const unhealthy = await probe(address, health, signal);
    if (unhealthy === null) return;
    // A question that was broken off says nothing.
    if (!signal.aborted) onUnhealthy(unhealthy);
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

/** More of an answer is not read: what is large is no answer to a health check. */
const MOST_READ_BYTES = 65_536;

/**
 * One question: GET with a 2xx or 3xx answer, or without a path a TCP connection that opens. Resolves with what it saw
 * instead, null where that is healthy: at once then, the body is read afterwards. Never rejects.
 */
function probe(
  { host, port }: Address,
  health: Pick<HealthSpec, 'path' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (unhealthy: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      attempt.destroy();
      resolve(unhealthy);
    };
    let answered: string | null | undefined;
    const late = (): void =>
      settle(answered ?? `did not answer within ${humanDuration(health.timeoutMs)}`);
    const attempt =
      health.path === null
        ? connect({ host, port }, () => settle(null))
        : // A connection of its own: one kept alive would keep a server from closing.
          get({ host, port, path: health.path, agent: false }, (response) => {
            const { statusCode = 0 } = response;
            answered = statusCode >= 200 && statusCode < 400 ? null : `answered ${statusCode}`;
            if (answered === null) resolve(null);
            onceRead(response, () => settle(answered ?? null));
          });
    attempt.on('error', (thrown) => settle(brokenText(thrown)));
    const timer = setTimeout(late, health.timeoutMs);
    signal.addEventListener('abort', late, { once: true });
  });
}

/** Hanging up on a server that writes the body apart would reset the connection under it. */
function onceRead(response: IncomingMessage, done: () => void): void {
  let readBytes = 0;
  response.on('data', (chunk: Buffer) => {
    readBytes += chunk.length;
    if (readBytes > MOST_READ_BYTES) done();
  });
  // The head has said all; that the body broke off changes nothing.
  response.on('error', done).on('close', done);
}

function brokenText(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'closed the connection without an answer';
  return `gave no HTTP answer (${messageOf(thrown)})`;
}
