import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { until } from '../../../test/support/until.ts';
import { HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { TaskView } from '../task.ts';
import { createCallbacks } from './callbacks.ts';
import type { Callbacks } from './callbacks.ts';

const KEY = randomBytes(32);
const { db } = await tasksStore({ after: (release) => after(release as () => Promise<void>) });
const trusted = makeCertificate();
before(() => setDefaultCACertificates([...getCACertificates(), trusted.cert]));

test('the end of a task is told once, signed, to the address it named', async (t) => {
  const bench = await startBench(t);
  const id = await bench.ended('succeeded');
  await bench.turnUntil(id, 'delivered');
  await bench.callbacks.turn();
  assert.equal(bench.received.length, 1);
  const [{ headers, body } = assert.fail()] = bench.received;
  const message = JSON.parse(body) as { type: string; timestamp: string; data: TaskView };
  assert.equal(message.type, 'task.succeeded');
  assert.equal(message.data.id, id);
  assert.equal(message.timestamp, message.data.finishedAt);
  assert.equal(headers['content-type'], 'application/json');
  const { 'webhook-id': name, 'webhook-timestamp': seconds } = headers;
  assert.match(String(name), new RegExp(`^${id}_\\d+$`));
  const signed = createHmac('sha256', KEY)
    .update(`${String(name)}.${String(seconds)}.${body}`)
    .digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${signed}`);
});

test('what fails is told again after a while with the same id, and given up after about a day', async (t) => {
  const bench = await startBench(t);
  bench.answer = (response) => response.writeHead(500).end();
  const id = await bench.ended('failed');
  for (let attempt = 1; attempt <= 8; attempt++) {
    await until('it was tried', async () => {
      await bench.callbacks.turn();
      return (await bench.row(id)).attempts === attempt;
    });
    await bench.callbacks.turn();
    assert.equal(bench.received.length, attempt, 'not before its time');
    bench.clock.at += 13 * HOUR;
  }
  assert.deepEqual(await bench.row(id), {
    state: 'failed',
    attempts: 8,
    error: 'It was answered with 500.',
  });
  await bench.callbacks.turn();
  assert.equal(bench.received.length, 8);
  assert.equal(new Set(bench.received.map(({ headers }) => headers['webhook-id'])).size, 1);
});

test('410 ends it at once, and a redirect is a failure that is not followed', async (t) => {
  const bench = await startBench(t);
  bench.answer = (response) => response.writeHead(410).end();
  const gone = await bench.ended('cancelled');
  await bench.turnUntil(gone, 'failed');
  assert.equal(JSON.parse(bench.received[0]?.body ?? '').type, 'task.cancelled');

  bench.answer = (response) => response.writeHead(307, { location: `${bench.url}/other` }).end();
  const moved = await bench.ended('succeeded');
  await until('it was tried', async () => {
    await bench.callbacks.turn();
    return (await bench.row(moved)).attempts === 1;
  });
  assert.equal((await bench.row(moved)).error, 'It was answered with 307.');
  assert.deepEqual(
    bench.received.map(({ path }) => path),
    ['/hook', '/hook'],
  );
});

test('a claim of one who died ends, and the callback is sent again with the same id', async (t) => {
  const bench = await startBench(t);
  // Hangs until its sender is gone: nothing is noted.
  bench.answer = () => undefined;
  const id = await bench.ended('succeeded');
  await bench.callbacks.turn();
  await until('it has arrived', () => bench.received.length === 1);
  const heir = bench.another();
  await heir.turn();
  assert.equal((await bench.row(id)).attempts, 0, 'claimed by the other');
  bench.clock.at += 31 * SECOND;
  bench.answer = (response) => response.end();
  await until('it is told', async () => {
    await heir.turn();
    return (await bench.row(id)).state === 'delivered';
  });
  const names = bench.received.map(({ headers }) => headers['webhook-id']);
  assert.equal(names.length, 2);
  assert.equal(names[0], names[1]);
});

test('a host that is listed no more, a private address and a stranger\u2019s certificate get nothing', async (t) => {
  const bench = await startBench(t);
  const elsewhere = await bench.ended('succeeded', 'https://example.org/hook');
  await bench.turnUntil(elsewhere, 'failed');
  assert.match((await bench.row(elsewhere)).error ?? '', /not in tasks\.callbacks/);

  // What is still at work would take what is put in for the next.
  await bench.callbacks.close();
  const strict = bench.another({ privateNetworks: false });
  const inside = await bench.ended('succeeded');
  await until('it was tried', async () => {
    await strict.turn();
    return (await bench.row(inside)).attempts === 1;
  });
  assert.match((await bench.row(inside)).error ?? '', /localhost is at (127\.0\.0\.1|::1)/);

  await strict.close();
  const stranger = await startReceiver(t, makeCertificate({ name: 'evil' }), bench);
  const hosts = [`localhost:${stranger}`];
  const wary = bench.another({ hosts });
  const spoofed = await bench.ended('succeeded', `https://localhost:${stranger}/hook`);
  await until('it was tried', async () => {
    await wary.turn();
    return (await bench.row(spoofed)).attempts === 1;
  });
  assert.match((await bench.row(spoofed)).error ?? '', /certificate/);
  assert.deepEqual(bench.received, []);
});

test('a receiver that hangs holds up no other, and many are told in one turn', async (t) => {
  const bench = await startBench(t);
  bench.answer = (response, path) => void (path === '/hang' || response.end('x'.repeat(200_000)));
  const hangs = await bench.ended('succeeded', `${bench.url}/hang`);
  const ids = [];
  for (let n = 0; n < 30; n++) ids.push(await bench.ended('succeeded'));
  await bench.callbacks.turn();
  const { rows } = await db.query('select from tidegate.callbacks');
  assert.equal(rows.length, 31);
  await until('all others are told', async () => {
    const told = await db.query("select from tidegate.callbacks where state = 'delivered'");
    return told.rowCount === 30;
  });
  assert.equal((await bench.row(hangs)).attempts, 0, 'it still hangs');
  assert.equal(bench.received.length, 31);
});

test('a host whose receivers all hang has three at once, and the others are told', async (t) => {
  const bench = await startBench(t);
  let hanging = 0;
  bench.answer = () => void (hanging += 1);
  for (let n = 0; n < 20; n++) await bench.ended('succeeded');
  const other: Receiver = { received: [], answer: (response) => response.end() };
  const port = await startReceiver(t, trusted, other);
  const hosts = [new URL(bench.url).host, `localhost:${port}`];
  const callbacks = bench.another({ hosts });
  const fine = await bench.ended('succeeded', `HTTPS://LOCALHOST:${port}?x`);
  await callbacks.turn();
  await until('the other is told', async () => (await bench.row(fine)).state === 'delivered');
  await until('three hang', () => hanging === 3);
  await callbacks.turn();
  assert.equal(bench.received.length, 3);
});

// Private

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Receiver {
  readonly received: Received[];
  answer: (response: ServerResponse, path: string) => unknown;
}

async function startReceiver(
  t: TestContext,
  certificate: { cert: string; key: string },
  receiver: Receiver,
): Promise<number> {
  const server = createServer(certificate, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const path = request.url ?? '';
      receiver.received.push({ path, headers: request.headers, body });
      receiver.answer(response, path);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Empty tables, a receiver on `url`, time of its own, and callbacks to it. */
async function startBench(t: TestContext) {
  await db.query('truncate tidegate.tasks, tidegate.callbacks');
  const receiver: Receiver = { received: [], answer: (response) => response.end() };
  const port = await startReceiver(t, trusted, receiver);
  const url = `https://localhost:${port}`;
  // Ahead of the clock of PostgreSQL, by which each is due from when it is put in, for as long as a test takes.
  const clock = { at: Date.now() + HOUR, now: () => clock.at };
  const all: Callbacks[] = [];
  const another = (changes: { hosts?: readonly string[]; privateNetworks?: boolean } = {}) => {
    const callbacks = createCallbacks({
      db,
      program: { callbacks: { hosts: [`localhost:${port}`], privateNetworks: true, ...changes } },
      secret: `whsec_${KEY.toString('base64')}`,
      clock,
      log: silentLog,
      // What hangs does so until the test is over.
      timeoutMs: 10 * MINUTE,
    });
    all.push(callbacks);
    return callbacks;
  };
  const callbacks = another();
  t.after(() => Promise.all(all.map((each) => each.close())));
  const row = async (id: string) => {
    const { rows } = await db.query<{ state: string; attempts: number; error: string | null }>(
      'select state, attempts, error from tidegate.callbacks where task = $1',
      [id],
    );
    return rows[0] ?? assert.fail(`no callback of ${id}`);
  };
  return Object.assign(receiver, {
    url,
    clock,
    callbacks,
    another,
    row,
    /** A task that has ended so, and whose callback waits. */
    async ended(state: string, to = `${url}/hook`): Promise<string> {
      const id = randomBytes(16).toString('hex');
      await db.query(
        `insert into tidegate.tasks (id, queue, state, method, path, headers, retries, timeout_ms, finished_at)
         values ($1, 'default', $2, 'POST', '/', '{}', 0, 1000, now())`,
        [id, state],
      );
      await db.query('insert into tidegate.callbacks (task, url) values ($1, $2)', [id, to]);
      return id;
    },
    async turnUntil(id: string, state: string): Promise<void> {
      await until(`the callback is ${state}`, async () => {
        await callbacks.turn();
        return (await row(id)).state === state;
      });
    },
  });
}
