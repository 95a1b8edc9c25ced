import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { codeOf } from '../kit/errors.ts';
import { isRunning, readStat } from '../process/stat.ts';
import { databaseFailed } from './errors.ts';
import { makeOwnFolder } from './home.ts';
import { findPostgres } from './programs.ts';
import type { ServerKind, ServerSite } from './server-kind.ts';

const USER = 'tidegate';
const ASK_WITHIN_MS = 5_000;

export const postgresKind: ServerKind = {
  kind: 'postgres',
  program: 'postgres',
  users: ['postgres', 'nobody'],

  async prepare(site, port) {
    const dataMajor = majorOf(site.data);
    const programs = findPostgres(dataMajor);
    if (dataMajor === null) await makeCluster(site, programs.initdb);
    else if (dataMajor !== programs.major) throw otherVersion(site, dataMajor, programs.major);
    const owner = site.account?.uid ?? process.getuid?.();
    if (statSync(site.data).uid !== owner) throw otherOwner(site);
    dropOldPid(site.data);
    const settings = Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return [programs.postgres, '-D', site.data, '-p', `${port}`, ...settings];
  },

  url: (password, port) => `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,

  leaderOf: (data) => pidIn(data),

  async ask(url) {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: ASK_WITHIN_MS,
      query_timeout: ASK_WITHIN_MS,
      application_name: 'tidegate',
    });
    // A connection that breaks while nobody asks: the next question finds out.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ open: number; most: number }>(
        `select count(*)::int as open, current_setting('max_connections')::int as most
         from pg_stat_activity
         where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return {
        connections: rows[0]?.open ?? null,
        maxConnections: rows[0]?.most ?? null,
        memoryBytes: null,
      };
    } finally {
      await client.end().catch(() => undefined);
    }
  },

  // cannot_connect_now: it starts, or recovers from a crash, which takes as long as it takes.
  isComing: (thrown) => codeOf(thrown) === '57P03',
  isRefused: (thrown) => codeOf(thrown) === '28P01',

  // Without waiting for its clients; then without waiting for its disk: it recovers at the next start.
  endSignals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
};

// Private

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  log_min_duration_statement: -1,
} as const;

const run = promisify(execFile);

/** The version that made the data; null: there is none. */
function majorOf(data: string): string | null {
  const path = join(data, 'PG_VERSION');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/** Beside where it belongs, and moved there when all of it is made. The password goes by a file that nobody else reads. */
async function makeCluster(site: ServerSite, initdb: string): Promise<void> {
  const { name, folder, data, password, account } = site;
  clearAway(folder);
  // Under a name of its own: an initdb whose control plane was killed may still be writing under another.
  const id = randomBytes(4).toString('hex');
  const [made, passwordFile] = [join(folder, `data.new-${id}`), join(folder, `password.new-${id}`)];
  makeOwnFolder(made, account);
  writeFileSync(passwordFile, password, { flag: 'wx', mode: 0o600 });
  try {
    if (account) chownSync(passwordFile, account.uid, account.gid);
    const how = ['-U', USER, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8'];
    await run(initdb, ['-D', made, ...how, `--pwfile=${passwordFile}`], {
      cwd: '/',
      env: { PATH: process.env['PATH'] },
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    const lines = stderr.trim().split('\n').filter(Boolean).slice(-5);
    rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    throw databaseFailed(name, 'could not be made', { lines, cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  // Over nothing or an empty folder; files that are no cluster are somebody's, and stay.
  try {
    renameSync(made, data);
  } catch (cause) {
    throw databaseFailed(name, `could not be made: ${data} holds something else`, { cause });
  }
}

/** What was not made to the end. Who writes there still gives up, for want of its files. */
function clearAway(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^(?:data|password)\.new/.test(name))
      rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

/** Of a server that died; its pid may be that of somebody else by now, and PostgreSQL would not start. */
function dropOldPid(data: string): void {
  const pid = pidIn(data);
  if (pid !== null && isRunning(readStat(pid))) rmSync(join(data, 'postmaster.pid'));
}

function pidIn(data: string): number | null {
  try {
    const text = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    // Negative: somebody who repairs the data by `postgres --single`.
    return Math.abs(Number.parseInt(text, 10)) || null;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

function otherVersion({ name, data }: ServerSite, made: string, found: string): Error {
  return databaseFailed(name, `is of PostgreSQL ${made}, and ${found} is what is installed`, {
    hint: `Run: sudo apt-get install postgresql-${made}   or move ${data} away, with all that is in it.`,
  });
}

function otherOwner({ name, data, account }: ServerSite): Error {
  const user = account?.name ?? 'the user who started it first';
  return databaseFailed(name, `cannot be started: ${data} belongs to another user`, {
    hint: account ? `Run: chown -R ${user} ${data}` : `Run Tidegate as ${user}.`,
  });
}
