/**
 * An hour (SOAK_MINUTES, from 3 on) of load with churn: the count changes, replicas are killed, all are restarted. What the control
 * plane and HAProxy hold on to is looked at all the time and must not grow.
 */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../src/kit/clock.ts';
import type { Client } from '../../src/web/client.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { inspect } from '../support/inspector.ts';
import { linesOf, openLedger } from '../support/ledger/ledger.ts';
import { freePort } from '../support/ports.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';
import { filesBelow, vitalsOf, vitalsOfSession } from '../support/vitals.ts';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 60);
const LOOK_MS = Math.min(MINUTE, (MINUTES * MINUTE) / 30);
/** What is kept at all (windows, pools, caches) has been filled by then. */
const WARM_UP_MS = Math.min(10, Math.max(1, MINUTES / 6)) * MINUTE;
const MB = 2 ** 20;

test(`${MINUTES} minutes of load with churn: memory, descriptors, threads and files stay as they are`, async (t) => {
  const ledger = openLedger(t);
  const project = await createProject(t, {
    services: { web: { ...ledger.service, scale: { min: 1, max: 6 } } },
  });
  const inspectorPort = await freePort();
  process.env['NODE_OPTIONS'] = `--inspect-port=${inspectorPort}`;
  const up = await project.run('up', '-d');
  delete process.env['NODE_OPTIONS'];
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const { control, gateway } = await client.status();
  const [controlPid, gatewayPid] = [control.pid as number, gateway.pid as number];
  const inspected = await inspect(controlPid, inspectorPort);
  await scaleTo(client, 'web', 3);
  const sender = ledger.send({ url: project.gatewayUrl, users: 20, thinkMs: 30 });

  const look = async (minute: number): Promise<Look> => {
    // Before the heap is looked at: that collects the garbage.
    const [own, haproxy] = [vitalsOf(controlPid), vitalsOfSession(gatewayPid)];
    const state = join(project.folder, '.tidegate');
    return {
      minute,
      controlMb: own.residentBytes / MB,
      heapMb: (await inspected.heapBytes()) / MB,
      controlFds: own.descriptors,
      controlThreads: own.threads,
      haproxyMb: haproxy.residentBytes / MB,
      haproxyFds: haproxy.descriptors,
      haproxyThreads: haproxy.threads,
      stateMb: statSync(join(state, 'state.db')).size / MB,
      walMb: (statSync(join(state, 'state.db-wal'), { throwIfNoEntry: false })?.size ?? 0) / MB,
      logFiles: filesBelow(join(state, 'logs')).count,
      logMb: filesBelow(join(state, 'logs')).bytes / MB,
      requests: (await sender.progress()).ended,
    };
  };

  const startedMs = performance.now();
  const looks: Look[] = [];
  const over = new AbortController();
  const churning = churn(client, over.signal);
  console.log(rowOf(Object.keys(BOUNDS)));
  while (performance.now() - startedMs < MINUTES * MINUTE) {
    await Promise.race([delay(LOOK_MS), churning]);
    const now = await look((performance.now() - startedMs) / MINUTE);
    looks.push(now);
    console.log(rowOf(KEYS.map((key) => figure(now[key]))));
  }
  over.abort();
  const churned = await churning;
  const account = await sender.finish();

  t.diagnostic(
    Object.entries(churned)
      .map(([what, times]) => `${what}: ${times}`)
      .join(', '),
  );
  for (const line of linesOf(account)) t.diagnostic(line);
  const trends = KEYS.flatMap((key) => trendOf(key, looks) ?? []);
  for (const { text } of trends) t.diagnostic(text);
  const after = await client.status();
  assert.deepEqual(
    [after.control.pid, after.gateway.pid],
    [controlPid, gatewayPid],
    'none of them was replaced',
  );
  assert.deepEqual(
    trends.filter(({ flat }) => !flat).map(({ text }) => text),
    [],
  );
  assert.deepEqual(account.gets.failures, []);
  assert.deepEqual(account.posts.twice, []);
  assert.deepEqual(account.posts.missing, []);
});

// Private

interface Look {
  readonly minute: number;
  readonly controlMb: number;
  readonly heapMb: number;
  readonly controlFds: number;
  readonly controlThreads: number;
  readonly haproxyMb: number;
  readonly haproxyFds: number;
  readonly haproxyThreads: number;
  readonly stateMb: number;
  readonly walMb: number;
  readonly logFiles: number;
  readonly logMb: number;
  readonly requests: number;
}

/**
 * By how much the median of the last third may lie above that of the first, after the warm-up; null: it is to grow. The
 * state keeps each second for two hours, so it grows that long by design, by a bounded row a second and service.
 */
const BOUNDS: Readonly<Record<keyof Look, number | null>> = {
  minute: null,
  controlMb: 10,
  heapMb: 3,
  controlFds: 3,
  controlThreads: 0,
  haproxyMb: 5,
  haproxyFds: 15,
  haproxyThreads: 0,
  stateMb: (4 * MINUTES) / 60 + 1,
  // SQLite empties it into the file every 4 MB.
  walMb: 5,
  logFiles: 5,
  logMb: (4 * MINUTES) / 60 + 1,
  requests: null,
};
const KEYS = Object.keys(BOUNDS) as readonly (keyof Look)[];

/** Changes the count every few seconds, kills a replica now and then, restarts all of them every few minutes. */
async function churn(
  client: Client,
  over: AbortSignal,
): Promise<Readonly<Record<'changes of the count' | 'kills' | 'restarts', number>>> {
  const done = { 'changes of the count': 0, kills: 0, restarts: 0 };
  for (let turn = 1; !over.aborted; turn++) {
    await scaleTo(client, 'web', 2 + Math.floor(Math.random() * 5), MINUTE);
    done['changes of the count']++;
    await delay(2 * SECOND, undefined, { signal: over }).catch(() => undefined);
    if (turn % 5 === 0) {
      const { replicas, ready } = await client.service('web');
      process.kill(replicas[turn % replicas.length]?.pid as number, 'SIGKILL');
      done.kills++;
      await until('it was replaced', async () => {
        const now = await client.service('web');
        return now.ready === ready && now.replicas.every(({ pid }) => pid !== null);
      });
    }
    if (turn % 40 === 0) {
      const { deployment } = await client.restart('web');
      assert.ok(deployment, 'a restart always has something to do');
      const ended = await until(
        'all were restarted',
        async () => {
          const now = await client.deployment(deployment.id);
          return now.endedAt !== null && now;
        },
        2 * MINUTE,
      );
      assert.equal(ended.problem, null);
      done.restarts++;
    }
  }
  return done;
}

function trendOf(key: keyof Look, looks: readonly Look[]): { text: string; flat: boolean } | null {
  const bound = BOUNDS[key];
  if (bound === null) return null;
  const warm = looks.filter(({ minute }) => minute * MINUTE >= WARM_UP_MS).map((look) => look[key]);
  const third = Math.max(1, Math.floor(warm.length / 3));
  const [first, last] = [median(warm.slice(0, third)), median(warm.slice(-third))];
  return {
    text: `${key}: ${figure(first)} in the first third, ${figure(last)} in the last, at most ${figure(bound)} more`,
    flat: last - first <= bound,
  };
}

function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.floor(ascending.length / 2)] ?? Number.NaN;
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function rowOf(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(14)).join(' ');
}
