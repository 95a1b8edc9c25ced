import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { dispatcherSite as site, queue } from '../../../test/support/dispatcher.ts';
import { until } from '../../../test/support/until.ts';
import { tellSent } from '../store/tell-sent.ts';

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
  const open: (() => void)[] = [];
  let [few, fewAtOnce, held] = [0, 0, true];
  const { put, start, ended, gateway } = await site(
    t,
    (request, response) => {
      const name = String(request.headers['task-queue']);
      names.push(name);
      if (name === 'few') fewAtOnce = Math.max(fewAtOnce, ++few);
      const end = (): void => {
        if (name === 'few') few--;
        response.end();
      };
      if (held) open.push(end);
      else setTimeout(end, 5);
    },
    [queue('mail'), queue('reports'), queue('few', { concurrency: 1 })],
  );
  for (const name of ['mail', 'reports', 'few']) for (let n = 0; n < 20; n++) await put(name);
  start();
  // However slowly they are claimed: none ends before all that may be are under way.
  for (let n = 0; n < 20; n++) {
    await until('as many as may be are under way', () => open.length === 4);
    open.shift()?.();
  }
  held = false;
  for (const end of open) end();
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

test('tasks of a service that the gateway does not know wait for it', async (t) => {
  const { put, row, start, ended, gateway } = await site(t, ok);
  gateway.replicas = {};
  const id = await put('mail', { retries: 0 });
  start();
  await until('it has asked', () => gateway.asked >= 3);
  assert.deepEqual(gateway.delivered, []);
  gateway.replicas = { worker: 1 };
  await ended('succeeded', 1);
  assert.equal((await row(id))['attempt'], 1);
});
