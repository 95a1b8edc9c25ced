import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * The TCP ports somebody on this machine listens on, by socket as it appears under /proc/PID/fd (`socket:[12345]`);
 * empty where the kernel's tables cannot be read.
 */
export function listeningSockets(): ReadonlyMap<string, number> {
  return new Map(listeners().map(({ socket, port }) => [socket, port]));
}

/** The sockets that get what comes for this port on 127.0.0.1: of several the kernel takes the most exact. */
export function loopbackListeners(port: number): readonly string[] {
  const there = listeners().filter((listener) => listener.port === port);
  for (const addresses of LOOPBACK) {
    const found = there.filter(({ address }) => addresses.includes(address));
    if (found.length > 0) return found.map(({ socket }) => socket);
  }
  return [];
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

/** As the kernel prints them: 127.0.0.1, also as an IPv6 address; any IPv4 address; any at all. */
const LOOPBACK = [
  ['0100007F', '0000000000000000FFFF00000100007F'],
  ['00000000', '0000000000000000FFFF000000000000'],
  ['0'.repeat(32)],
];

interface Listener {
  readonly socket: string;
  readonly address: string;
  readonly port: number;
}

function listeners(): readonly Listener[] {
  const found: Listener[] = [];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of tryOr('', () => readFileSync(table, 'utf8')).split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state !== LISTEN || local === undefined) continue;
      const [address = '', port = ''] = local.split(':');
      found.push({ socket: `socket:[${inode}]`, address, port: Number.parseInt(port, 16) });
    }
  }
  return found;
}

/** Processes end while one looks at them, and other people's may not be looked at. */
function tryOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
