import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { codeOf, messageOf } from '../kit/errors.ts';
import { listeningSockets, socketsOf } from '../process/listening.ts';
import { programOf } from '../process/stat.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import { addressRefused, portTaken, type PortKey } from './errors.ts';

/**
 * Proves that the address can be bound now. HAProxy shares a port with another HAProxy of the same user without a word,
 * so its own start proves nothing.
 * `key` says whose port it is. @throws TidegateError PORT_TAKEN (names the holder where that can be known), GATEWAY_REFUSED,
 * LISTEN_FAILED for the admin port
 */
export async function checkPort(
  host: string,
  port: number,
  key: PortKey = 'gateway.port',
): Promise<void> {
  try {
    await bindOnce(host, port);
  } catch (cause) {
    if (codeOf(cause) === 'EADDRINUSE') throw portTaken(host, port, portHolder(port), key);
    throw addressRefused(`cannot listen on ${host}:${port}: ${messageOf(cause)}`, key, cause);
  }
}

/** The ports the gateway listens on, and the key that names each. */
export function listenersOf({
  port,
  tls,
}: Pick<GatewaySpec, 'port' | 'tls'>): readonly { readonly port: number; readonly key: PortKey }[] {
  return [
    { port, key: 'gateway.port' },
    ...(tls ? [{ port: tls.port, key: 'gateway.tls.port' } as const] : []),
  ];
}

/** Whether this process listens on the TCP port; false also where that cannot be seen. */
export function listensOn(pid: number, port: number): boolean {
  const listening = listeningSockets();
  return socketsOf(pid)?.some((socket) => listening.get(socket) === port) ?? false;
}

/** `'node (pid 4711)'`: whoever listens on this TCP port, or null where that cannot be seen. */
function portHolder(port: number): string | null {
  const listening = listeningSockets();
  for (const pid of tryOr([], () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)))) {
    if (!socketsOf(Number(pid))?.some((socket) => listening.get(socket) === port)) continue;
    const project = projectOf(pid);
    const whose = project === null ? '' : ` of the Tidegate project in ${project}`;
    return `${programOf(Number(pid)) || 'a process'} (pid ${pid})${whose}`;
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

/** The folder of the project that a control plane, a gateway or a replica belongs to: they keep files of its state open. */
function projectOf(pid: string): string | null {
  const folder = `/proc/${pid}/fd`;
  const opened = tryOr([], () => readdirSync(folder)).map((descriptor) =>
    tryOr('', () => readlinkSync(`${folder}/${descriptor}`)),
  );
  const named = tryOr('', () => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  for (const path of [...opened, ...named]) {
    const [, project] = /^(\/.*)\/\.tidegate\//.exec(path) ?? [];
    if (project !== undefined) return project;
  }
  return null;
}

/** Processes end while one looks at them, and other people's may not be looked at. */
function tryOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
