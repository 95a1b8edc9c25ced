/** HAProxy is killed ten times under load, in three ways; how long nobody was answered and what was lost is counted. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createRuntimeSocket } from '../../src/gateway/runtime-socket.ts';
import { createConnector } from '../../src/lab/load/connection.ts';
import type { Outcome } from '../../src/lab/load/outcome.ts';
import { createTarget, type TargetRequest } from '../../src/lab/load/target.ts';
import { membersOf, readProcessTable } from '../../src/process/table.ts';
import type { ServiceStatus } from '../../src/web/contract.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { kindsOf, linesOf, openLedger } from '../support/ledger/ledger.ts';
import { createProject, type Project } from '../support/project.ts';
import { until } from '../support/until.ts';

const KILLS = 10;
const LONGEST_MS = 1000;
const WAYS = ['the master', 'the worker', 'both'] as const;

test('ten kills of HAProxy: back within a second each, the same servers, no replica touched', async (t) => {
  const ledger = openLedger(t);
  const service = { ...ledger.service, concurrency: 40, scale: { min: 3, max: 6 } };
  const project = await createProject(t, { services: { web: service } });
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const before = await scaleTo(client, 'web', 4);
  const servers = await serversOf(project);
  const sender = ledger.send({ url: project.gatewayUrl, users: 20, thinkMs: 10 });
  const probes = probe(t, project.gatewayUrl);

  const kills: { way: string; at: number; outageMs: number }[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const way = WAYS[kill % WAYS.length] as (typeof WAYS)[number];
    const { gateway } = await client.status();
    const master = gateway.pid as number;
    const all = membersOf(readProcessTable(), master).map(({ pid }) => pid);
    const workers = all.filter((pid) => pid !== master);
    assert.ok(workers.length > 0, 'HAProxy has a worker');
    const at = Date.now();
    const doomed = way === 'both' ? all : way === 'the master' ? [master] : workers;
    for (const pid of doomed) process.kill(pid, 'SIGKILL');
    await until('another HAProxy runs', async () => {
      const { pid } = (await client.status()).gateway;
      return pid !== null && pid !== master;
    });
    // Long enough for a relapse, were there one.
    await delay(2000);
    kills.push({ way, at, outageMs: probes.whole(at) - at });
    assert.deepEqual(
      await serversOf(project),
      servers,
      'the same servers in the same slots, weights and limits',
    );
  }
  const after = await client.service('web');
  const account = await sender.finish();

  const failures = [...account.gets.failures, ...account.posts.failures];
  for (const [index, { way, at, outageMs }] of kills.entries()) {
    const end = kills[index + 1]?.at ?? Infinity;
    const lost = failures.filter(({ endedAt }) => endedAt >= at && endedAt < end);
    const inFlight = lost.filter(({ sentAt }) => sentAt < at);
    t.diagnostic(
      `${way.padEnd(10)} killed: whole again after ${outageMs} ms; ${inFlight.length} requests in flight lost ` +
        `(${kindsOf(inFlight)}), ${lost.length - inFlight.length} failed until it was back`,
    );
  }
  for (const line of linesOf(account)) t.diagnostic(line);
  for (const { way, outageMs } of kills)
    assert.ok(outageMs <= LONGEST_MS, `${way}: ${outageMs} ms without an answer`);
  assert.deepEqual(pidsOf(after), pidsOf(before), 'the replicas are the same');
  assert.deepEqual(account.posts.twice, []);
  assert.deepEqual(account.posts.missing, []);
  assert.deepEqual(
    failures.filter(
      ({ endedAt }) =>
        !kills.some(({ at, outageMs }) => endedAt >= at && endedAt <= at + outageMs + 100),
    ),
    [],
    'nothing fails but around a kill',
  );
});

// Private

function pidsOf({ replicas }: ServiceStatus): readonly number[] {
  return replicas.map(({ pid }) => pid as number).sort((a, b) => a - b);
}

/** Each server in use as HAProxy itself has it: slot, address, weight, limit. */
async function serversOf({ folder }: Project): Promise<readonly string[]> {
  const socket = createRuntimeSocket(join(folder, '.tidegate/run/runtime.sock'));
  const [head = '', ...lines] = (await socket.ask('show stat web 4 -1 no-maint'))
    .trim()
    .split('\n');
  const names = head.replace('# ', '').split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    const field = (name: string): string => fields[names.indexOf(name)] ?? '';
    return ['svname', 'addr', 'weight', 'slim'].map(field).join(' ');
  });
}

interface Probes {
  /** When the first answer came that no failure followed, ms since the epoch, of all that was asked since `at`. */
  whole(at: number): number;
}

/** New connections all the time, whatever becomes of the others. */
function probe(t: TestContext, url: string): Probes {
  const { url: server, requests, timeoutMs } = createTarget(url, { timeoutMs: 5_000 });
  const openConnection = createConnector(server);
  const [asked] = requests as [TargetRequest];
  const probes: { sentAt: number; endedAt: number; ok: boolean }[] = [];
  const one = async (): Promise<void> => {
    const sentAt = Date.now();
    const connection = openConnection();
    const outcome = await new Promise<Outcome>((resolve) => {
      connection.ask(asked, timeoutMs, resolve);
    });
    connection.close();
    probes.push({ sentAt, endedAt: Date.now(), ok: outcome === 'ok' });
  };
  const timer = setInterval(() => void one(), 10);
  t.after(() => clearInterval(timer));
  return {
    whole(at) {
      const since = probes.filter(({ sentAt }) => sentAt >= at).sort((a, b) => a.sentAt - b.sentAt);
      const firstGood = since.findLastIndex(({ ok }) => !ok) + 1;
      return Math.min(...since.slice(firstGood).map(({ endedAt }) => endedAt));
    },
  };
}
