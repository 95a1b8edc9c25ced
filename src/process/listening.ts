import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * The TCP ports somebody on this machine listens on, by socket as it appears under /proc/PID/fd (`socket:[12345]`);
 * empty where the kernel's tables cannot be read.
 */
export function listeningSockets(): ReadonlyMap<string, number> {
  return new Map(listeners().map(({ socket, port }) => [socket, port]));
}

/** The users who opened the sockets that listen on this port, also of programs that may not be looked at. */
export function ownersOf(port: number): readonly number[] {
  return listeners()
    .filter((listener) => listener.port === port)
    .map(({ uid }) => uid);
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

const CHUNK_BYTES = 4096;

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
  readonly uid: number;
}

function listeners(): readonly Listener[] {
  const found: Listener[] = [];
  for (const table of tables()) {
    for (const line of listeningLines(table)) {
      const [, local = '', , , , , , uid, , inode] = line.trim().split(/\s+/);
      const [address = '', hex = ''] = local.split(':');
      const port = Number.parseInt(hex, 16);
      found.push({ socket: `socket:[${inode}]`, address, port, uid: Number(uid) });
    }
  }
  return found;
}

/** Where nothing uses TCP over IPv6 its table is left alone: going through it takes as long as if it were full. */
function tables(): readonly string[] {
  const inUse = tryOr('', () => readFileSync('/proc/net/sockstat6', 'utf8'));
  return /^TCP6: inuse 0$/m.test(inUse) ? ['/proc/net/tcp'] : ['/proc/net/tcp', '/proc/net/tcp6'];
}

/**
 * The kernel prints who listens before it goes through its table of connections, which takes milliseconds even where
 * there are few: reading ends with the first line that is of no listener.
 */
function listeningLines(table: string): readonly string[] {
  const file = tryOr(null, () => openSync(table, 'r'));
  if (file === null) return [];
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let text = '';
    for (;;) {
      const bytes = readSync(file, chunk);
      text += chunk.toString('latin1', 0, bytes);
      const [, ...lines] = text.split('\n').slice(0, -1);
      const end = lines.findIndex((line) => line.trim().split(/\s+/)[3] !== LISTEN);
      if (end >= 0 || bytes === 0) return end >= 0 ? lines.slice(0, end) : lines;
    }
  } finally {
    closeSync(file);
  }
}

/** Processes end while one looks at them, and other people's may not be looked at. */
function tryOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
