import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { codeOf } from '../../src/kit/errors.ts';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { membersOf, readProcessTable } from '../../src/process/table.ts';
import { freePort } from './ports.ts';
import { sharedFolder } from './shared.ts';
import { until } from './until.ts';

/** A PostgreSQL of a test's own, gone with it. */
export interface TestPostgres {
  readonly url: string;
  /** SIGKILL to all of it, as a crash of the machine. */
  kill(): Promise<void>;
  /** Starts it again where it was; resolves when it answers. */
  start(): Promise<void>;
}

/** Starts one in an empty folder. Root starts it as `postgres`, since it refuses to be root. */
export async function startPostgres(t: Pick<TestContext, 'after'>): Promise<TestPostgres> {
  const owner = process.getuid?.() === 0 ? accountOf('postgres') : null;
  // Other users must be able to reach it, which the folders of tests do not allow.
  const folder = mkdtempSync('/var/tmp/tidegate-test-pg-');
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  layOut(data, owner);
  const port = await freePort();
  const url = `postgres://app@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    // What was written outlives every end of its processes; only a power cut would need the disk.
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    server = spawn(
      binary('postgres'),
      ['-D', data, '-p', `${port}`, ...settings.flatMap((each) => ['-c', each])],
      { stdio: 'ignore', cwd: '/', detached: true, ...owner },
    );
    await until('PostgreSQL answers', () => answers(url));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { pid, exitCode, signalCode } = server ?? {};
    if (!server || pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(server, 'exit');
    // Each of its processes has a session of its own, and goes on for a moment without the first.
    const all = signal === 'SIGKILL' ? membersOf(readProcessTable(), pid) : [{ pid }];
    for (const each of all) killIfThere(each.pid, signal);
    await exited;
    // Who starts it again before the last one is gone is told that it runs still.
    await until('all of it is gone', () => all.every((each) => !isRunning(readStat(each.pid))));
  };
  t.after(async () => {
    await end('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return { url, start, kill: () => end('SIGKILL') };
}

// Private

/**
 * Puts an empty cluster at `data`: a copy of the one that the first test of the run laid out, since `initdb` takes as long
 * as many a test.
 */
function layOut(data: string, owner: Owner | null): void {
  const shared = sharedFolder();
  const template = shared ? join(shared, 'cluster') : null;
  if (template && existsSync(template)) {
    execFileSync('cp', ['-a', template, data]);
    return;
  }
  const how = ['-U', 'app', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--wal-segsize=1'];
  execFileSync(binary('initdb'), ['-D', data, ...how], { stdio: 'ignore', cwd: '/', ...owner });
  if (!shared || !template) return;
  const half = join(mkdtempSync(join(shared, 'cluster-')), 'data');
  execFileSync('cp', ['-a', data, half]);
  try {
    renameSync(half, template);
  } catch (thrown) {
    // Another file of the run was first.
    if (codeOf(thrown) !== 'ENOTEMPTY' && codeOf(thrown) !== 'EEXIST') throw thrown;
  }
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ESRCH') throw thrown;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function accountOf(name: string): Owner {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

function binary(name: string): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted().toReversed() : [];
  return (
    versions
      .map((version) => join(debian, version, 'bin', name))
      .find((path) => existsSync(path)) ?? name
  );
}
