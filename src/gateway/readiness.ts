import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { TidegateError } from '../kit/errors.ts';
import { gatewaySilent } from './errors.ts';
import type { RuntimeSocket } from './runtime-socket.ts';

const POLL_MS = 10;

/**
 * Resolves with the worker's pid once it is the one that answers on the runtime socket: during a reload the earlier one
 * still may. `expected` null: any. @throws TidegateError GATEWAY_SILENT (after `timeoutMs`)
 */
export async function untilWorker(
  runtime: RuntimeSocket,
  expected: number | null,
  timeoutMs: number,
): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown = new Error('an earlier worker answers');
    try {
      const pid = Number(/^Pid: (\d+)$/m.exec(await runtime.ask('show info'))?.[1]);
      if (expected === null || pid === expected) return pid;
    } catch (thrown) {
      if (!(thrown instanceof TidegateError)) throw thrown;
      cause = thrown;
    }
    if (performance.now() > deadline) throw gatewaySilent('a worker coming up', cause);
    await delay(POLL_MS);
  }
}

/** Resolves once the gateway answers its own probe over HTTP. @throws TidegateError GATEWAY_SILENT */
export async function untilServing(host: string, port: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const problem = await probe(reachable(host), port);
    if (problem === null) return;
    if (performance.now() > deadline) throw gatewaySilent('its probe', new Error(problem));
    await delay(POLL_MS);
  }
}

// Private

const PROBE_PATH = '/.tidegate/health';

/** One listens on all addresses; one connects to a single one. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '*') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function probe(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: PROBE_PATH, agent: false, timeout: 1_000 });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? null : `status ${response.statusCode}`);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within a second')));
    request.on('error', (thrown) => resolve(thrown.message));
  });
}
