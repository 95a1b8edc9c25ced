import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { runClosedLoop } from './closed-loop.ts';
import { serve } from './fixtures/server.ts';
import { createTarget } from './target.ts';
import { parseUrls } from './urls.ts';

test('each user keeps one connection and asks again after each answer', async (t) => {
  let connections = 0;
  let served = 0;
  const { url, server } = await serve(t, (_, answer) => {
    served++;
    answer.end('ok');
  });
  server.on('connection', () => connections++);
  const result = await runClosedLoop(createTarget(url), {
    users: 20,
    durationS: 60,
    maxRequests: 400,
  });
  assert.equal(connections, 20);
  assert.equal(served, 400);
  assert.equal(result.ok, 400);
  assert.equal(result.usersPeak, 20);
});

test('no user asks while waiting for an answer', async (t) => {
  const held: ServerResponse[] = [];
  let most = 0;
  const { url } = await serve(t, (_, answer) => {
    most = Math.max(most, held.push(answer));
    // Nobody is answered until all have asked, and has then had the time to ask once too often.
    if (held.length === 7) setTimeout(() => held.splice(0).forEach((one) => one.end('ok')), 5);
  });
  await runClosedLoop(createTarget(url), { users: 7, durationS: 60, rampMs: 0, maxRequests: 70 });
  assert.equal(most, 7);
});

test('users who think between requests keep their connection and are woken when time is over', async (t) => {
  let connections = 0;
  const { url, server } = await serve(t, (_, answer) => void answer.end('ok'));
  server.on('connection', () => connections++);
  const result = await runClosedLoop(createTarget(url), {
    users: 5,
    durationS: 0.3,
    // All at once: time may be over before another moment comes.
    rampMs: 0,
    thinkMs: 3_600_000,
  });
  assert.equal(result.ok, 5);
  assert.equal(connections, 5);
});

test('a closed port is not hammered', async () => {
  const target = createTarget(`http://127.0.0.1:${await freePort()}/`);
  const result = await runClosedLoop(target, { users: 2, durationS: 0.5 });
  assert.equal(result.ok, 0);
  assert.deepEqual(Object.keys(result.errors), ['refused']);
  assert.ok(result.requests <= 12, `${result.requests} requests`);
});

test('an abort ends the load at once with the account so far', async (t) => {
  const abort = new AbortController();
  let served = 0;
  const { url } = await serve(t, (_, answer) => {
    served++;
    if (served <= 30) answer.end('ok');
    else if (served === 33) abort.abort();
  });
  const result = await runClosedLoop(createTarget(url), {
    users: 3,
    durationS: 3600,
    signal: abort.signal,
  });
  assert.equal(result.ok, 30);
  assert.deepEqual(result.errors, {});
});

test('after an abort nothing is left that could still do something', async (t) => {
  const abort = new AbortController();
  let served = 0;
  const { url } = await serve(t, (_, answer) => {
    if (++served <= 2) answer.end('ok');
  });
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  const result = await runClosedLoop(createTarget(url), {
    users: 4,
    durationS: 3600,
    thinkMs: 3_600_000,
    signal: abort.signal,
    // Two think, two wait for an answer.
    onProgress: ({ ok }) => served === 4 && ok === 2 && abort.abort(),
  });
  assert.equal(result.ok, 2);
  assert.ok(timers() <= before, `${timers()} timers, ${before} before`);
});

test('by stages users come and go, and whoever goes waits for the answer', async (t) => {
  let inService = 0;
  let most = 0;
  let cutOff = 0;
  const first: (() => void)[] = [];
  const { url, server } = await serve(t, (_, answer) => {
    most = Math.max(most, ++inService);
    answer.once('close', () => (cutOff += answer.writableFinished ? 0 : 1));
    const end = (): void => {
      inService--;
      answer.end('ok');
    };
    // Nobody is answered until all twelve have come.
    if (most === 12) for (const each of [...first.splice(0), end]) setTimeout(each, 20);
    else first.push(end);
  });
  let gone = 0;
  let left: number | null = null;
  server.on('connection', (socket) => {
    // Nine of twelve go at the step; the three others are there until time is over.
    socket.once('close', () => ++gone === 9 && (left = inService));
  });
  const result = await runClosedLoop(createTarget(url), {
    stages: [
      { atS: 0, users: 12 },
      { atS: 0.2, users: 12 },
      { atS: 0.2, users: 3 },
      { atS: 0.6, users: 3 },
    ],
  });
  assert.equal(result.usersPeak, 12);
  assert.equal(most, 12);
  assert.ok(left !== null && left <= 3, `${String(left)} in service`);
  assert.equal(cutOff, 0);
  assert.deepEqual(result.errors, {});
  assert.equal(
    result.timeline.reduce((sum, { ok }) => sum + ok, 0),
    result.ok,
  );
});

test('several requests are asked for by their weights', async (t) => {
  const seen: Record<string, number> = {};
  const { url } = await serve(t, (request, answer) => {
    const asked = `${request.method} ${request.url}`;
    seen[asked] = (seen[asked] ?? 0) + 1;
    answer.end('ok');
  });
  const urls = parseUrls('3 /a\n1 POST /b {}', new URL(url));
  await runClosedLoop(createTarget(url, { urls }), { users: 4, durationS: 60, maxRequests: 400 });
  assert.deepEqual(Object.keys(seen).sort(), ['GET /a', 'POST /b']);
  assert.ok(Math.abs((seen['GET /a'] as number) - 300) <= 3, `${seen['GET /a']}`);
});

test('a generator that stood still says so, and for how long', async (t) => {
  const over = new AbortController();
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  let stood = false;
  const result = await runClosedLoop(createTarget(url), {
    users: 1,
    durationS: 60,
    // Longer than from one progress to the next: whoever was answered by then thinks, and asks too late after it.
    thinkMs: 1_200,
    signal: over.signal,
    onProgress({ ok }) {
      if (stood) return over.abort();
      if (ok === 0) return;
      stood = true;
      const untilMs = performance.now() + 1_600;
      while (performance.now() < untilMs);
    },
  });
  const [, stoodMs] = /stood still for (\d+) ms at \d s/.exec(result.warnings.join('\n')) ?? [];
  assert.ok(Number(stoodMs) >= 300, result.warnings.join('\n'));
  assert.ok((result.latenessMs.max as number) >= 300, `${result.latenessMs.max}`);
});

test('numbers of users and durations that make no sense are refused', async () => {
  const target = createTarget('http://127.0.0.1:1/');
  for (const options of [
    { users: 0, durationS: 1 },
    { users: 1.5, durationS: 1 },
    { users: 1e6, durationS: 1 },
    { users: 1, durationS: 0 },
    { users: 1, durationS: Number.NaN },
    { users: 1, durationS: 1e6 },
  ]) {
    await assert.rejects(runClosedLoop(target, options), { code: 'BAD_LOAD' });
  }
});
