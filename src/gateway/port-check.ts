import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../kit/errors.ts';
import { isBetween } from '../process/identity.ts';
import { listeningSockets, ownersOf, socketsOf } from '../process/listening.ts';
import { programOf } from '../process/stat.ts';
import type { GatewaySpec, Spec } from '../spec/spec.ts';
import { addressRefused, portsTaken, type PortKey, type TakenPort } from './errors.ts';

/** An address to listen on, and the key that names its port. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  readonly key: PortKey;
}

/**
 * Proves that each address can be bound now. HAProxy shares a port with another HAProxy of the same user without a word,
 * so its own start proves nothing.
 * @throws TidegateError PORT_TAKEN (names every port that is taken, and its holder where that can be known),
 * GATEWAY_REFUSED, LISTEN_FAILED for the admin port
 */
export async function checkPorts(listeners: readonly Listener[]): Promise<void> {
  const taken: TakenPort[] = [];
  for (const { host, port, key } of listeners) {
    try {
      await bindOnce(host, port);
    } catch (cause) {
      if (codeOf(cause) !== 'EADDRINUSE')
        throw addressRefused(`cannot listen on ${host}:${port}: ${messageOf(cause)}`, key, cause);
      const holder = await lastingHolder(host, port);
      if (holder.lasts) taken.push({ host, port, key, holder: holder.name });
    }
  }
  if (taken.length > 0) throw portsTaken(taken);
}

/**
 * The same of the admin port; where it is taken, those of a gateway that is yet to start (else null) are told with it.
 * @throws TidegateError PORT_TAKEN, LISTEN_FAILED
 */
export async function checkAdminPort(
  { host, port }: Spec['admin'],
  gateway: GatewaySpec | null,
): Promise<void> {
  const own = { host, port, key: 'admin.port' } as const;
  try {
    await checkPorts([own]);
  } catch (thrown) {
    if (codeOf(thrown) === 'PORT_TAKEN' && gateway !== null)
      await checkPorts([own, ...listenersOf(gateway)]);
    throw thrown;
  }
}

/** What the gateway listens on. */
export function listenersOf({
  host,
  port,
  tls,
}: Pick<GatewaySpec, 'host' | 'port' | 'tls'>): readonly Listener[] {
  return [
    { host, port, key: 'gateway.port' },
    ...(tls ? [{ host, port: tls.port, key: 'gateway.tls.port' } as const] : []),
  ];
}

/** Whether this process listens on the TCP port; false also where that cannot be seen. */
export function listensOn(pid: number, port: number): boolean {
  const listening = listeningSockets();
  return socketsOf(pid)?.some((socket) => listening.get(socket) === port) ?? false;
}

// Private

/** The kernel takes a program's memory first and its ports last; a large one is on its way out for as long. */
const ENDING_MS = 2_000;
const POLL_MS = 10;

/** Who listens on a port that is taken, unless it is just ending: a HAProxy that was killed has another follow. */
async function lastingHolder(
  host: string,
  port: number,
): Promise<{ readonly lasts: true; readonly name: string | null } | { readonly lasts: false }> {
  for (const askedAt = performance.now(); ; await delay(POLL_MS)) {
    const pid = holderOf(port);
    if (pid !== null && !isBetween(pid)) return { lasts: true, name: described(pid) };
    if (await isFree(host, port)) return { lasts: false };
    // Of one that is ending nothing shows at last whose it is, as of another user's: only that one never was ours.
    const isOthers = pid === null && isOfOthers(port);
    if (isOthers || performance.now() - askedAt > ENDING_MS)
      return { lasts: true, name: pid === null ? null : described(pid) };
  }
}

/** Whoever listens on this TCP port, or null where that cannot be seen. */
function holderOf(port: number): number | null {
  const listening = listeningSockets();
  const pids = tryOr([], () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)));
  const holder = pids.find((pid) =>
    socketsOf(Number(pid))?.some((socket) => listening.get(socket) === port),
  );
  return holder === undefined ? null : Number(holder);
}

/** Whether other users' programs listen on this TCP port; to root everybody's are its own. */
function isOfOthers(port: number): boolean {
  const own = process.getuid?.() ?? 0;
  const owners = ownersOf(port);
  return own !== 0 && owners.length > 0 && !owners.includes(own);
}

/** `'node (pid 4711)'` */
function described(pid: number): string {
  const project = projectOf(String(pid));
  const whose = project === null ? '' : ` of the Tidegate project in ${project}`;
  return `${programOf(pid) || 'a process'} (pid ${pid})${whose}`;
}

function isFree(host: string, port: number): Promise<boolean> {
  return bindOnce(host, port).then(
    () => true,
    () => false,
  );
}

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
