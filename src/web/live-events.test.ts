import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { T0, decision, deployment, fakeControl } from '../../test/support/fake-control.ts';
import type { FakeControl } from '../../test/support/fake-control.ts';
import { BEARER, open, startFakeWeb } from '../../test/support/fake-web.ts';
import { until } from '../../test/support/until.ts';
import type { LiveEvent } from './event-contract.ts';
import { createLiveEvents } from './live-events.ts';
import { statusOf } from './status.ts';

test('a listener gets the status at once, at each tick, and what happens in between', async (t) => {
  const web = await startFakeWeb(t);
  const leave = new AbortController();
  const events = web.client.events(leave.signal);
  const next = async (): Promise<LiveEvent> => (await events.next()).value as LiveEvent;

  const first = await next();
  assert.deepEqual([first.event, first.event === 'status' && first.data.name], ['status', 'shop']);

  web.control.current = { ...web.control.current, name: 'renamed' };
  web.control.emit({ kind: 'tick', at: T0 });
  web.control.emit({ kind: 'decision', at: T0, decision: decision(9) });
  web.control.emit({
    kind: 'replica',
    at: T0,
    service: 'api',
    replica: 'api-4',
    state: 'ready',
    was: 'starting',
    note: null,
  });
  web.control.emit({ kind: 'gateway', at: T0, change: 'reloaded', reasons: ['two\nlines'] });
  const ended = {
    database: 'main',
    change: 'ended',
    message: 'The database main ended by itself: SIGKILL.',
  } as const;
  web.control.emit({ kind: 'database', at: T0, ...ended });
  const drift = { keys: ['services.api.command'], problem: null };
  web.control.emit({ kind: 'config', at: T0, drift });
  const turn = { service: 'api', state: 'open', was: 'closed', reason: 'all failed' } as const;
  web.control.emit({ kind: 'circuit', at: T0, ...turn, untilAt: T0 + 5_000 });
  web.control.emit({ kind: 'deployment', at: T0, deployment: deployment(), text: 'api-4 starts' });

  const tick = await next();
  assert.equal(tick.event === 'status' && tick.data.name, 'renamed');
  const decided = await next();
  assert.deepEqual(
    decided.event === 'decision' && [decided.data.service, decided.data.decision.id],
    ['api', 9],
  );
  assert.deepEqual(await next(), {
    event: 'replica',
    data: {
      at: '2026-03-01T12:00:00.000Z',
      service: 'api',
      replica: 'api-4',
      state: 'ready',
      was: 'starting',
      note: null,
    },
  });
  assert.deepEqual(await next(), {
    event: 'gateway',
    data: { at: '2026-03-01T12:00:00.000Z', change: 'reloaded', reasons: ['two\nlines'] },
  });
  assert.deepEqual(await next(), {
    event: 'database',
    data: { at: '2026-03-01T12:00:00.000Z', ...ended },
  });
  assert.deepEqual(await next(), {
    event: 'config',
    data: { at: '2026-03-01T12:00:00.000Z', drift },
  });
  assert.deepEqual(await next(), {
    event: 'circuit',
    data: { at: '2026-03-01T12:00:00.000Z', ...turn, untilAt: '2026-03-01T12:00:05.000Z' },
  });
  const deployed = await next();
  assert.deepEqual(
    deployed.event === 'deployment' && [deployed.data.text, deployed.data.deployment.startedAt],
    ['api-4 starts', '2026-03-01T12:00:00.000Z'],
  );
  leave.abort();
  assert.equal((await events.next()).done, true);
});

test('the stream ends when the session that opened it is over', async (t) => {
  const web = await startFakeWeb(t);
  const { code } = await web.client.loginCode();
  const { headers } = await web.ask('/api/v1/session', { method: 'POST', body: { code } });
  const cookie = headers['set-cookie']?.[0] as string;
  const response = await open(web.url, '/api/v1/events', { headers: { cookie } });
  assert.equal(response.headers['content-type'], 'text/event-stream');
  response.resume();
  web.clock.at += 13 * 3_600_000;
  web.control.emit({ kind: 'tick', at: web.clock.at });
  await until('the stream has ended', () => response.readableEnded);
});

test('closing the server ends the streams quietly', async (t) => {
  const web = await startFakeWeb(t);
  const events = web.client.events();
  await events.next();
  const [end] = await Promise.all([events.next(), web.close()]);
  assert.equal(end.done, true);
});

test('there is an end to how many may listen', async (t) => {
  const web = await startFakeWeb(t);
  const listening = await Promise.all(
    Array.from({ length: 64 }, () => open(web.url, '/api/v1/events', { headers: BEARER })),
  );
  const full = await web.ask('/api/v1/events', { headers: BEARER });
  assert.deepEqual([full.status, full.json?.['code']], [503, 'TOO_MANY_STREAMS']);
  listening[0]?.destroy();
  await until('a place is free', async () => {
    const response = await open(web.url, '/api/v1/events', { headers: BEARER });
    listening.push(response);
    return response.statusCode === 200;
  });
  for (const response of listening) response.destroy();
});

interface Listening {
  readonly control: FakeControl;
  readonly clock: { at: number };
  readonly raw: ServerResponse;
  readonly response: IncomingMessage;
}

/** One listener on a bare server, so that a test sees both ends of the connection. */
async function listen(t: TestContext, heartbeatMs = 3_600_000): Promise<Listening> {
  const control = fakeControl();
  const clock = { at: T0, now: () => clock.at };
  const status = () => statusOf(control.view(), { adminUrl: '', controlPid: null });
  const live = createLiveEvents({ control, clock, status, heartbeatMs });
  let raw: ServerResponse | undefined;
  const server = createServer((_request, answer) => {
    raw = answer;
    answer.writeHead(200);
    const gone = new AbortController();
    answer.once('close', () => gone.abort());
    live.add(answer, gone.signal, Infinity);
  });
  t.after(() => {
    live.close();
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, '/');
  response.on('error', () => undefined);
  return { control, clock, raw: raw as unknown as ServerResponse, response };
}

const LARGE = decision(1, { reasons: [{ kind: 'step', from: 1, to: 2, by: 'x'.repeat(65_536) }] });

/** Sends until the connection takes nothing more. */
function block({ control, raw }: Listening): void {
  for (let sent = 0; !raw.writableNeedDrain; sent++) {
    assert.ok(sent < 2000, 'the connection never blocks');
    control.emit({ kind: 'decision', at: T0, decision: LARGE });
  }
}

test('a listener that does not read misses statuses and is dropped after a while', async (t) => {
  const listening = await listen(t);
  const { control, clock, raw } = listening;
  block(listening);
  control.emit({ kind: 'tick', at: T0 });
  const buffered = raw.writableLength;
  for (let tick = 0; tick < 100; tick++) control.emit({ kind: 'tick', at: T0 });
  assert.equal(raw.writableLength, buffered);
  assert.equal(raw.destroyed, false);
  clock.at += 10_000;
  control.emit({ kind: 'tick', at: clock.at });
  assert.equal(raw.destroyed, true);
});

test('a listener that does not read is dropped before a lot has piled up', async (t) => {
  const listening = await listen(t);
  const { control, raw } = listening;
  block(listening);
  let most = 0;
  for (let sent = 0; sent < 100 && !raw.destroyed; sent++) {
    most = Math.max(most, raw.writableLength);
    control.emit({ kind: 'decision', at: T0, decision: LARGE });
  }
  assert.equal(raw.destroyed, true);
  assert.ok(most <= 1024 * 1024, `${most} bytes were kept`);
});

test('a listener that caught up has all its time again', async (t) => {
  const listening = await listen(t);
  const { control, clock, raw, response } = listening;
  block(listening);
  control.emit({ kind: 'tick', at: T0 });
  response.resume();
  await until('everything is sent', () => !raw.writableNeedDrain);
  control.emit({ kind: 'tick', at: T0 });
  response.pause();
  clock.at += 60_000;
  block(listening);
  control.emit({ kind: 'tick', at: clock.at });
  assert.equal(raw.destroyed, false);
});

test('a quiet stream carries heartbeats', async (t) => {
  const { response } = await listen(t, 5);
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => (text += chunk));
  await until('two heartbeats', () => text.split(': heartbeat\n\n').length > 2);
});
