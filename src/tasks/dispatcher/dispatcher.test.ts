import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fakeListener, type FakeListener } from '../../../test/support/deliveries.ts';
import { tasksStore, type TasksStore } from '../../../test/support/tasks-store.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { QueueSpec } from '../../spec/tasks.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import { tellSent } from '../store/tell-sent.ts';
import { createDeliverer } from './deliver.ts';
import { startDispatcher, type Dispatcher } from './dispatcher.ts';

const queue = (name: string, more: Partial<QueueSpec> = {}): QueueSpec => ({
  name,
  service: 'worker',
  delivery: 'push',
  path: '/run',
  retries: 5,
  timeoutMs: 5000,
  concurrency: null,
  backoff: { leastMs: 1, mostMs: 5 },
  ...more,
});

interface Site extends TasksStore {
  readonly gateway: FakeListener;
  /** Starts one; it is stopped after the test. */
  start(): Dispatcher;
  /** Resolves when so many have ended. */
  ended(state: string, tasks: number): Promise<void>;
}

async function site(
  t: TestContext,
  listener: RequestListener,
  queues: readonly QueueSpec[] = [queue('mail')],
): Promise<Site> {
  // The last that was started ends first.
  const releases: (() => unknown)[] = [];
  const own = { after: (release: () => unknown) => void releases.unshift(release) };
  t.after(async () => {
    for (const release of releases) await release();
  });
  const store = await tasksStore(own);
  const gateway = await fakeListener(own, listener);
  gateway.replicas = { worker: 1 };
  const program: TasksProgram = {
    path: '/tasks',
    queues: Object.fromEntries(queues.map((each) => [each.name, each])),
    schedules: {},
    callbacks: { hosts: [], privateNetworks: false },
    bodyLimitBytes: 1 << 20,
    resultLimitBytes: 1000,
    keepMs: 3_600_000,
    keepFailedMs: 3_600_000,
    perReplica: { worker: 4 },
  };
  return {
    ...store,
    gateway,
    start() {
      const deliverer = createDeliverer(gateway.socketPath, program.resultLimitBytes);
      const dispatcher = startDispatcher({
        databaseUrl: store.postgres.url,
        db: store.db,
        program,
        replica: 'dispatch-1',
        deliverer,
        duties: [],
        clock: systemClock,
        log: silentLog,
      });
      own.after(async () => {
        await dispatcher.stop();
        await deliverer.destroy();
      });
      return dispatcher;
    },
    async ended(state, tasks) {
      await until(`${tasks} tasks are ${state}`, async () => {
        const { rows } = await store.db.query(
          'select count(*)::integer as n from tidegate.tasks where state = $1',
          [state],
        );
        return (rows[0] as { n: number }).n >= tasks;
      });
    },
  };
}

const ok: RequestListener = (_, response) => void response.end('fine');

test('what is sent is delivered, and what was answered is kept', async (t) => {
  const { put, row, start, ended, gateway, db } = await site(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-own': 'yes' });
      const {
        'task-id': id,
        'task-attempt': attempt,
        'task-queue': name,
        'task-subject': subject,
      } = request.headers;
      const { 'content-type': type, 'x-tidegate-evil': evil } = request.headers;
      const body = Buffer.concat(chunks).toString();
      response.end(
        JSON.stringify({ id, attempt, name, subject, type, evil, body, url: request.url }),
      );
    });
  });
  start();
  const headers = {
    'content-type': 'text/x',
    connection: 'close',
    'x-tidegate-evil': '1',
    'task-id': 'mine',
  };
  const id = await put('mail', {
    path: '/do?x=1',
    headers,
    body: Buffer.from('hi'),
    identity: { subject: 'ada' },
  });
  await tellSent(db);
  await ended('succeeded', 1);
  const { result_status: status, result_headers: kept, result_body: body, attempt } = await row(id);
  assert.deepEqual([status, attempt], [201, 1]);
  assert.equal((kept as Record<string, string>)['x-own'], 'yes');
  assert.equal((kept as Record<string, string>)['x-tidegate-answered-by'], undefined);
  assert.deepEqual(JSON.parse(String(body)), {
    id: id.replaceAll('-', ''),
    attempt: '1',
    name: 'mail',
    subject: 'ada',
    type: 'text/x',
    body: 'hi',
    url: '/do?x=1',
  });
  assert.deepEqual(gateway.delivered, [id.replaceAll('-', '')]);
});

test('never more are under way than the replicas or the queue allow, and queues take turns', async (t) => {
  const names: string[] = [];
  let [few, fewAtOnce] = [0, 0];
  const { put, start, ended, gateway } = await site(
    t,
    (request, response) => {
      const name = String(request.headers['task-queue']);
      names.push(name);
      if (name === 'few') fewAtOnce = Math.max(fewAtOnce, ++few);
      setTimeout(() => {
        if (name === 'few') few--;
        response.end();
      }, 5);
    },
    [queue('mail'), queue('reports'), queue('few', { concurrency: 1 })],
  );
  for (const name of ['mail', 'reports', 'few']) for (let n = 0; n < 20; n++) await put(name);
  start();
  await ended('succeeded', 60);
  assert.equal(gateway.peaks['worker'], 4);
  assert.equal(fewAtOnce, 1);
  const early = names.slice(0, 20);
  for (const name of ['mail', 'reports', 'few'])
    assert.ok(early.filter((each) => each === name).length >= 3, early.join());
});

test('failures are tried again and then stay, with every error; a large answer is not kept', async (t) => {
  let times = 0;
  const { put, row, start, ended } = await site(t, (request, response: ServerResponse) => {
    if (request.url === '/bad') response.writeHead(404).end('no');
    else if (request.url === '/large') response.end('x'.repeat(5000));
    else response.writeHead(++times < 3 ? 500 : 200).end();
  });
  const [again, bad, large] = [
    await put('mail', { path: '/again' }),
    await put('mail', { path: '/bad' }),
    await put('mail', { path: '/large' }),
  ];
  const worn = await put('mail', { path: '/again', retries: 0, priority: 100 });
  start();
  await ended('succeeded', 2);
  await ended('failed', 2);
  assert.equal(((await row(again))['attempts'] as unknown[]).length, 1);
  assert.equal((await row(worn))['error'], 'The service answered 500.');
  assert.equal(String((await row(bad))['result_body']), 'no');
  const { result_body: body, result_bytes: bytes, state } = await row(large);
  assert.deepEqual([body, bytes, state], [null, '5000', 'succeeded']);
});

test('without a replica one delivery knocks, and what the gateway answers is no attempt that counts', async (t) => {
  const { put, row, start, ended, gateway } = await site(t, (_, response) => {
    if (gateway.replicas['worker'] === 1) return void response.end();
    response.removeHeader('x-tidegate-answered-by');
    response.writeHead(503, { 'retry-after': '0' }).end();
  });
  gateway.replicas = { worker: 0 };
  const ids: string[] = [];
  for (let n = 0; n < 10; n++) ids.push(await put('mail', { retries: 0 }));
  start();
  await until('it knocks', () => gateway.delivered.length >= 3);
  assert.equal(gateway.peaks['worker'], 1);
  gateway.replicas = { worker: 1 };
  await ended('succeeded', 10);
  for (const id of ids) assert.equal((await row(id))['failures'], 0);
});

test('a delivery that takes too long is broken off', async (t) => {
  let closed = false;
  const { put, row, start, ended } = await site(t, (request) => {
    request.on('close', () => (closed = true));
  });
  const id = await put('mail', { retries: 0, timeout_ms: 50 });
  start();
  await ended('failed', 1);
  assert.equal((await row(id))['error'], 'No answer within 0.05 s.');
  await until('the connection is closed', () => closed);
});

test('what is cancelled while it is under way stays cancelled', async (t) => {
  let answer: (() => void) | undefined;
  const { put, row, start, db, gateway } = await site(t, (_, response) => {
    answer = () => response.end('late');
  });
  const id = await put('mail');
  const dispatcher = start();
  await until('it is under way', () => answer !== undefined);
  await db.query("update tidegate.tasks set state = 'cancelled', holder = null where id = $1", [
    id,
  ]);
  answer?.();
  await dispatcher.stop();
  const { state, result_status: status } = await row(id);
  assert.deepEqual([state, status, gateway.delivered.length], ['cancelled', null, 1]);
});

test('one that ends lets another lead at once, and what it has under way counts towards the caps', async (t) => {
  const open: (() => void)[] = [];
  const { put, start, ended, gateway, db } = await site(t, (_, response) => {
    open.push(() => response.end());
  });
  for (let n = 0; n < 12; n++) await put('mail');
  const old = start();
  await until('as many as may be are under way', () => open.length === 4);
  start();
  const stopped = old.stop();
  for (let left = 12; left > 0; left--) {
    await until('the next is under way', () => open.length > 0 && open.length >= Math.min(left, 4));
    open.shift()?.();
  }
  await ended('succeeded', 12);
  await stopped;
  assert.equal(gateway.peaks['worker'], 4);
  assert.equal(new Set(gateway.delivered).size, gateway.delivered.length);
  const { rows } = await db.query('select replica from tidegate.dispatchers');
  assert.equal(rows.length, 1);
});

test('what a dispatcher held that has died is delivered by the next', async (t) => {
  const { put, row, start, ended, db } = await site(t, ok);
  const dead = randomUUID();
  await db.query(
    "insert into tidegate.dispatchers (id, replica, seen_at) values ($1, 'dispatch-0', clock_timestamp() - interval '1 minute')",
    [dead],
  );
  const id = await put('mail', {
    state: 'running',
    holder: dead,
    attempt: 1,
    started_at: new Date(),
  });
  start();
  await ended('succeeded', 1);
  const { attempt, failures } = await row(id);
  assert.deepEqual([attempt, failures], [2, 0]);
});

test('results outlive a PostgreSQL that is killed, and it goes on by itself', async (t) => {
  const open: (() => void)[] = [];
  let held = true;
  const { put, start, ended, postgres, gateway, db } = await site(t, (_, response) => {
    if (held) open.push(() => response.end());
    else response.end();
  });
  for (let n = 0; n < 30; n++) await put('mail');
  start();
  await until('some are under way', () => open.length === 4);
  // A claim that is not on disk is lost in a crash, and made again.
  await until('the claims are on disk', async () => {
    const { rows } = await db.query(
      'select pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn() as flushed',
    );
    return (rows[0] as { flushed: boolean }).flushed;
  });
  await postgres.kill();
  held = false;
  for (const each of open) each();
  await postgres.start();
  await ended('succeeded', 30);
  assert.equal(gateway.delivered.length, 30, 'none was delivered twice');
});
