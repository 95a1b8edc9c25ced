/** The control plane is killed twenty times under load while it scales, some of them before it has come up again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { holdsOn, readStat } from '../../src/process/stat.ts';
import { readLockHolder } from '../../src/state/lock.ts';
import { adminOf } from '../support/admin.ts';
import { carriersOf, endControl } from '../support/control.ts';
import { linesOf, openLedger } from '../support/ledger/ledger.ts';
import { createProject } from '../support/project.ts';
import type { Project } from '../support/project.ts';
import { until } from '../support/until.ts';

const KILLS = 20;
const MOST = 5;
/** Every so many, the one that comes up is killed, too, before it has. */
const ALSO_AT_START = 4;

test('twenty kills of the control plane under load and scaling cost no request, and nothing is lost', async (t) => {
  const ledger = openLedger(t);
  const project = await createProject(t, {
    services: { web: { ...ledger.service, scale: { min: 1, max: MOST } } },
  });
  await up(project);
  const { gateway } = await project.status();
  const sender = ledger.send({ url: project.gatewayUrl, users: 20, thinkMs: 10 });

  const startedMs = performance.now();
  let atStart = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const client = await adminOf(project.folder);
    // Up by some or down by some: the kill meets replicas that start, or that drain and end.
    const grows = kill % 2 === 0;
    await client.scale('web', grows ? MOST - (kill % 3) : 1 + (kill % 4 === 3 ? 1 : 0));
    await delay(Math.random() * (grows ? 900 : 200));
    await endControl(project.folder, 'SIGKILL');
    if (kill % ALSO_AT_START === ALSO_AT_START - 1) {
      await killAtStart(project);
      atStart++;
    }
    await up(project);
    await until('everything that runs is known', async () => {
      const { services } = await project.status();
      const known = services.flatMap(({ replicas }) => replicas.map(({ pid }) => pid));
      // HAProxy's processes are one session, so is each replica.
      const sessions = new Set(carriersOf(project.folder).map((pid) => readStat(pid)?.sessionId));
      sessions.delete(gateway.pid ?? 0);
      sessions.delete(undefined);
      return [...sessions].every((session) => known.includes(session ?? 0));
    });
    assert.equal((await project.status()).gateway.pid, gateway.pid, 'the same HAProxy serves');
  }
  const account = await sender.finish();
  const seconds = (performance.now() - startedMs) / 1000;

  const adopted = adoptions(project);
  const states = adopted.flatMap((each) => Object.values(each));
  const count = (state: string): number => states.filter((each) => each === state).length;
  t.diagnostic(
    `${KILLS} kills and ${atStart} more of one that was starting, in ${seconds.toFixed(0)} s; HAProxy was the same all along`,
  );
  t.diagnostic(
    `${adopted.length} adoptions of ${states.length} replicas: ${count('ready')} ready, ${count('starting')} starting, ${count('draining')} draining`,
  );
  for (const line of linesOf(account)) t.diagnostic(line);
  assert.deepEqual(account.gets.failures, []);
  assert.deepEqual(account.posts.failures, []);
  assert.deepEqual(account.posts.twice, []);
  assert.deepEqual(account.posts.missing, []);
  assert.ok(adopted.length >= KILLS);

  const down = await project.run('down');
  assert.equal(down.code, 0, down.out + down.err);
  assert.deepEqual(carriersOf(project.folder), [], 'nothing of it is left');
});

// Private

async function up(project: Project): Promise<void> {
  const { code, out, err } = await project.run('up', '-d');
  assert.equal(code, 0, out + err);
}

/** Kills the control plane that `up` starts at some moment from its taking the lock on. */
async function killAtStart(project: Project): Promise<void> {
  const before = readLockHolder(lockOf(project))?.pid;
  const starting = project.run('up', '-d');
  const pid = await until('it has the lock', () => {
    const holder = readLockHolder(lockOf(project));
    return holder && holder.pid !== before && holder.pid;
  });
  await delay(Math.random() * 800);
  process.kill(pid, 'SIGKILL');
  await until('it is gone', () => !holdsOn(readStat(pid)));
  await starting;
}

function lockOf(project: Project): string {
  return join(project.folder, '.tidegate', 'control.lock');
}

/** The replicas that each start adopted, by state, as the control log has them. */
function adoptions(project: Project): readonly Readonly<Record<string, string>>[] {
  return readFileSync(join(project.folder, '.tidegate', 'logs', 'control.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; replicas?: Record<string, string> })
    .filter(({ msg }) => msg.startsWith('adopted what'))
    .map(({ replicas = {} }) => replicas);
}
