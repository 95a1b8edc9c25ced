import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { codeOf, messageOf } from '../kit/errors.ts';
import { gatewayRefused, portTaken } from './errors.ts';

/**
 * Proves that the address can be bound now. HAProxy shares a port with another HAProxy of the same user without a word,
 * so its own start proves nothing.
 * @throws TidegateError PORT_TAKEN (names the holder where that can be known), GATEWAY_REFUSED
 */
export async function checkPort(host: string, port: number): Promise<void> {
  try {
    await bindOnce(host, port);
  } catch (cause) {
    if (codeOf(cause) === 'EADDRINUSE') throw portTaken(host, port, portHolder(port));
    throw gatewayRefused([`cannot listen on ${host}:${port}: ${messageOf(cause)}`], cause);
  }
}

/** `'node (pid 4711)'`: whoever listens on this TCP port, or null where that cannot be seen. */
function portHolder(port: number): string | null {
  const sockets = new Set(listeningSockets(port));
  if (sockets.size === 0) return null;
  for (const pid of tryOr([], () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)))) {
    for (const descriptor of tryOr([], () => readdirSync(`/proc/${pid}/fd`))) {
      const target = tryOr('', () => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      if (!sockets.has(target)) continue;
      const name = tryOr('', () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
      return `${name || 'a process'} (pid ${pid})`;
    }
  }
  return null;
}

// Private

function bindOnce(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}

const LISTEN = '0A';

/** As they appear under /proc/PID/fd: `socket:[12345]`. */
function listeningSockets(port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    tryOr('', () => readFileSync(table, 'utf8'))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTEN)
      .map((fields) => `socket:[${fields[9]}]`),
  );
}

/** Processes end while one looks at them, and other people's may not be looked at. */
function tryOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
