import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 100;

/** Resolves once somebody listens there, or after `atMostMs`, or when the signal aborts, whichever is first. */
export async function waitForListener(
  url: URL,
  atMostMs: number,
  signal: AbortSignal,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(atMostMs)]);
  while (!until.aborted && !(await listens(url, until)))
    await delay(ASK_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
}

// Private

function listens(url: URL, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const socket = connect({ host, port: Number(url.port || 80), signal });
    const settle = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
