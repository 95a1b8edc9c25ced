import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { runClosedLoop } from './closed-loop.ts';
import { serve } from './fixtures/server.ts';
import { createTarget } from './target.ts';

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
  let inService = 0;
  let most = 0;
  const { url } = await serve(t, (_, answer) => {
    most = Math.max(most, ++inService);
    setTimeout(() => {
      inService--;
      answer.end('ok');
    }, 5);
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
