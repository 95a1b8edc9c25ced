import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * The TCP ports somebody on this machine listens on, by socket as it appears under /proc/PID/fd (`socket:[12345]`);
 * empty where the kernel's tables cannot be read.
 */
export function listeningSockets(): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of tryOr('', () => readFileSync(table, 'utf8')).split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state !== LISTEN || local === undefined) continue;
      ports.set(`socket:[${inode}]`, Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
    }
  }
  return ports;
}

/** The sockets among what the process holds open; null when it has ended or may not be looked at. */
export function socketsOf(pid: number): readonly string[] | null {
  const folder = `/proc/${pid}/fd`;
  const descriptors = tryOr(null, () => readdirSync(folder));
  return (
    descriptors
      ?.map((descriptor) => tryOr('', () => readlinkSync(`${folder}/${descriptor}`)))
      .filter((target) => target.startsWith('socket:')) ?? null
  );
}

/** The TCP ports these processes listen on, ascending; null when none of them may be looked at. */
export function portsOf(pids: readonly number[]): readonly number[] | null {
  const seen = pids.map(socketsOf).filter((sockets) => sockets !== null);
  if (seen.length === 0) return null;
  const listening = listeningSockets();
  const ports = seen.flat().flatMap((socket) => listening.get(socket) ?? []);
  return [...new Set(ports)].sort((one, other) => one - other);
}

// Private

const LISTEN = '0A';

/** Processes end while one looks at them, and other people's may not be looked at. */
function tryOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
