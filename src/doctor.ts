/** What the machine has and lacks: another composition root, since each room knows its own needs. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { humanBytes } from './kit/bytes.ts';
import { messageOf, TidegateError } from './kit/errors.ts';
import { findPostgres, findRedis } from './databases/programs.ts';
import { findHaproxy } from './gateway/haproxy.ts';
import {
  descriptorLimit,
  maxConnections,
  maxRequests,
  WANTED_CONNECTIONS,
} from './gateway/machine.ts';
import type { PortKey } from './gateway/errors.ts';
import { checkPorts } from './gateway/port-check.ts';
import type { DatabaseSpec } from './spec/databases.ts';
import type { Spec } from './spec/spec.ts';
import { isRunning, readStat } from './process/stat.ts';
import { stateFolder } from './state/folder.ts';
import { readLockHolder } from './state/lock.ts';

export interface Finding {
  readonly name: string;
  /** `lacking`: Tidegate cannot run; `limited`: it runs with less. */
  readonly state: 'ok' | 'limited' | 'lacking';
  readonly found: string;
  /** What to do, with the exact command where there is one. */
  readonly hint: string | null;
  /** The command `--install` runs for it. */
  readonly install: readonly string[] | null;
}

/** Looks at everything, whatever it finds; `spec` is null where there is no configuration (yet). */
export async function examine(
  spec: Spec | null,
  projectFolder: string,
): Promise<readonly Finding[]> {
  // The ports of a project that runs are its own.
  const holder = readLockHolder(stateFolder(projectFolder).lock);
  const running = holder !== null && isRunning(readStat(holder.pid));
  return [
    system(),
    node(),
    await haproxy(),
    ...servers(spec),
    connections(),
    cores(),
    memory(),
    folder(projectFolder),
    ...(spec && !running
      ? [
          await port('gateway.port', spec.gateway.host, spec.gateway.port),
          await port('admin.port', spec.admin.host, spec.admin.port),
        ]
      : []),
  ];
}

/**
 * Keeps the package of PostgreSQL from starting a server of its own, which nobody asked for. Where somebody has said what
 * they want, that stays.
 */
export function withoutMainCluster(): void {
  if (existsSync(CLUSTER_SETTINGS)) return;
  mkdirSync(dirname(CLUSTER_SETTINGS), { recursive: true });
  writeFileSync(CLUSTER_SETTINGS, 'create_main_cluster = false\n');
}

/** What brings the server, as a sentence; null: it is here. */
export function lackingServer(kind: DatabaseSpec['kind']): string | null {
  const { state, hint } = kind === 'postgres' ? postgresServer() : redisServer();
  return state === 'lacking' ? hint : null;
}

/** How many clients a gateway can have at once on this machine. */
export function clientsAtOnce(): number {
  return maxConnections(readFileSync('/proc/self/limits', 'utf8'));
}

// Private

/** Debian's. */
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';

const OLDEST_NODE = 24;

function system(): Finding {
  const ok = process.platform === 'linux' && existsSync('/proc/self/stat');
  return finding(
    'system',
    ok ? 'ok' : 'lacking',
    `${process.platform} ${process.arch}`,
    'The local engine reads /proc: run it on Linux.',
  );
}

function node(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE;
  return finding(
    'node',
    ok ? 'ok' : 'lacking',
    process.version,
    'Install Node 24 or newer: npm install -g node@24',
  );
}

async function haproxy(): Promise<Finding> {
  try {
    const { path, version, lua } = await findHaproxy();
    return finding(
      'haproxy',
      lua ? 'ok' : 'limited',
      `${version} (${path})${lua ? '' : ', built without Lua'}`,
      'Services that sleep (scale.min: 0) and routes with auth need one built with Lua, as Debian and Homebrew ship it.',
    );
  } catch (thrown) {
    const hint = thrown instanceof TidegateError ? (thrown.hint ?? null) : null;
    return {
      name: 'haproxy',
      state: 'lacking',
      found: messageOf(thrown),
      hint,
      install: installCommand('haproxy'),
    };
  }
}

/** Of each kind of database that is to be started; without a configuration of both, which may or may not be needed. */
function servers(spec: Spec | null): readonly Finding[] {
  if (spec === null) return [postgresServer(), redisServer()].map(optional);
  const wanted = Object.values(spec?.databases ?? {}).filter(({ url }) => url === null);
  const needs = (kind: DatabaseSpec['kind']): boolean => wanted.some((each) => each.kind === kind);
  return [
    ...(needs('postgres') ? [postgresServer()] : []),
    ...(needs('redis') ? [redisServer()] : []),
  ];
}

/** Nothing is installed that may not be wanted. */
function optional(finding: Finding): Finding {
  if (finding.state !== 'lacking') return finding;
  const hint = `Only \`tasks\` and \`databases\` need it. ${finding.hint}`;
  return { ...finding, state: 'limited', hint, install: null };
}

function postgresServer(): Finding {
  return server('postgresql', 'postgresql', () => {
    const { major, postgres } = findPostgres();
    return `${major} (${postgres})`;
  });
}

function redisServer(): Finding {
  return server('redis', 'redis-server', () => findRedis());
}

function server(name: string, debian: string, find: () => string): Finding {
  try {
    return finding(name, 'ok', find());
  } catch (thrown) {
    const hint = `Run: sudo apt-get update && sudo apt-get install ${debian}`;
    const install = installCommand(debian) ?? unpackCommand();
    return { name, state: 'lacking', found: messageOf(thrown), hint, install };
  }
}

function connections(): Finding {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const [clients, requests] = [maxConnections(limits), maxRequests(limits)];
  const descriptors = descriptorLimit(limits);
  const most = requests < clients ? `, ${requests} of them with a request at a server` : '';
  return finding(
    'connections',
    clients >= WANTED_CONNECTIONS ? 'ok' : 'limited',
    `${clients} clients at once${most} (open files: ${descriptors === Infinity ? 'unlimited' : descriptors})`,
    'Raise the limit of this shell before starting: sudo prlimit --pid $$ --nofile=65536',
  );
}

function cores(): Finding {
  const count = availableParallelism();
  return finding(
    'cores',
    count >= 2 ? 'ok' : 'limited',
    String(count),
    'With one core the gateway and the services take turns.',
  );
}

function memory(): Finding {
  const free = freemem() / totalmem();
  const found = `${humanBytes(freemem())} free of ${humanBytes(totalmem())}`;
  return finding(
    'memory',
    free >= 0.1 ? 'ok' : 'limited',
    found,
    'Below 10 % free nothing scales up (host.minFreeMemory).',
  );
}

function folder(projectFolder: string): Finding {
  try {
    accessSync(projectFolder, constants.W_OK);
    return finding('state folder', 'ok', stateFolder(projectFolder).path);
  } catch (thrown) {
    return finding(
      'state folder',
      'lacking',
      messageOf(thrown),
      `Give this user write access to ${projectFolder}.`,
    );
  }
}

async function port(key: PortKey, host: string, number: number): Promise<Finding> {
  const name = key.replace('.', ' ');
  try {
    await checkPorts([{ host, port: number, key }]);
    return finding(name, 'ok', `${host}:${number} is free`);
  } catch (thrown) {
    const hint = thrown instanceof TidegateError ? thrown.hint : undefined;
    return finding(name, 'lacking', messageOf(thrown), hint);
  }
}

function finding(
  name: string,
  state: Finding['state'],
  found: string,
  hint: string | null = null,
): Finding {
  return { name, state, found, hint: state === 'ok' ? null : hint, install: null };
}

/** What brings a package without a question asked; null where only a person can (no root, no apt, no brew). */
function installCommand(name: string): readonly string[] | null {
  if (process.platform === 'darwin') return ['brew', 'install', name];
  const apt = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  return apt ? ['apt-get', 'install', '-y', '--no-install-recommends', name] : null;
}

/** In a clone, for who is not root: unpacks Debian's packages beside it. */
function unpackCommand(): readonly string[] | null {
  const bootstrap = fileURLToPath(new URL('../scripts/bootstrap.mjs', import.meta.url));
  const apt = existsSync('/usr/bin/apt-get') && existsSync(bootstrap);
  return apt ? [process.execPath, bootstrap, '--databases'] : null;
}
