import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { serve } from './fixtures/server.ts';
import { runOpenLoop } from './open-loop.ts';
import type { EndedRequest } from './open-loop.ts';
import type { LoadProgress } from './result.ts';
import { createTarget } from './target.ts';

const even = (rps: number, seconds: number) => [
  { atS: 0, rps },
  { atS: seconds, rps },
];

test('every request that is due is sent once, and the account adds up', async (t) => {
  let served = 0;
  const { url } = await serve(t, (_, answer) => {
    served++;
    answer.end('ok');
  });
  const ended: EndedRequest[] = [];
  const onEnded = (each: EndedRequest) => void ended.push(each);
  const result = await runOpenLoop(createTarget(url), { stages: even(200, 1), onEnded });
  assert.equal(served, 200);
  assert.equal(ended.length, 200);
  assert.ok(ended.every(({ outcome, latencyMs }) => outcome === 'ok' && latencyMs > 0));
  assert.deepEqual(
    ended.map(({ dueMs }) => Math.round(dueMs * 10) / 10).sort((a, b) => a - b),
    Array.from({ length: 200 }, (_, index) => 2.5 + 5 * index),
  );
  assert.equal(result.requests, 200);
  assert.equal(result.ok, 200);
  assert.deepEqual(result.errors, {});
  assert.ok(result.durationS > 0.9, `${result.durationS}`);
  assert.ok((result.latencyMs.p50 as number) <= (result.latencyMs.max as number));
  assert.ok(result.generatorCpu > 0);
});

test('requests are sent while earlier ones are still unanswered', async (t) => {
  const held: ServerResponse[] = [];
  const { url } = await serve(t, (_, answer) => {
    held.push(answer);
    // Nobody is answered until all have asked: a loop that waits would never end.
    if (held.length === 40) for (const one of held) one.end('ok');
  });
  const result = await runOpenLoop(createTarget(url), { stages: even(100, 0.4) });
  assert.equal(result.ok, 40);
  assert.equal(result.usersPeak, 40);
});

test('a server that stalls is seen in every request it kept waiting, not only in one', async (t) => {
  let stallUntilMs: number | null = null;
  const { url } = await serve(t, (_, answer) => {
    stallUntilMs ??= performance.now() + 500;
    setTimeout(() => answer.end('ok'), Math.max(0, stallUntilMs - performance.now()));
  });
  const result = await runOpenLoop(createTarget(url), { stages: even(100, 1) });
  // Half of all were due during the stall, evenly spread over it: a quarter waited 250 ms or more. The bounds only
  // go the way a slow machine cannot spoil.
  assert.equal(result.ok, 100);
  assert.ok((result.latencyMs.p90 as number) >= 300, `p90 ${result.latencyMs.p90}`);
  assert.ok((result.latencyMs.p99 as number) >= 400, `p99 ${result.latencyMs.p99}`);
});

test('time the generator itself lost counts as latency, because the request was due', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  setTimeout(() => {
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs);
  }, 50);
  const result = await runOpenLoop(createTarget(url), { stages: even(100, 0.5) });
  assert.ok((result.latencyMs.max as number) >= 250, `max ${result.latencyMs.max}`);
});

test('errors are counted by their kind', async (t) => {
  let count = 0;
  const { url } = await serve(t, (request, answer) => {
    count++;
    if (count % 4 === 0) request.socket.destroy();
    else if (count % 4 === 1) answer.writeHead(503).end();
    else if (count % 4 === 2) answer.writeHead(404).end();
    else answer.end('ok');
  });
  const result = await runOpenLoop(createTarget(url), { stages: even(80, 0.5) });
  assert.equal(result.requests, 40);
  assert.equal(result.ok, 10);
  assert.deepEqual(result.errors, { 'status-503': 10, 'status-404': 10, reset: 10 });
});

test('an answer that breaks off in the middle is a reset, whatever its status was', async (t) => {
  const { url } = await serve(t, (request, answer) => {
    answer.writeHead(200, { 'content-length': 1000 });
    answer.write('a part');
    setTimeout(() => request.socket.destroy(), 5);
  });
  const result = await runOpenLoop(createTarget(url), { stages: even(20, 0.25) });
  assert.deepEqual(result.errors, { reset: 5 });
});

test('a closed port is refused, a foreign tongue is no HTTP', async (t) => {
  const closed = createTarget(`http://127.0.0.1:${await freePort()}/`);
  const refused = await runOpenLoop(closed, { stages: even(20, 0.25) });
  assert.deepEqual(refused.errors, { refused: 5 });
  assert.equal(refused.latencyMs.p99, null);

  const { url, server } = await serve(t, () => undefined);
  server.on('connection', (socket) => void socket.end('SSH-2.0-OpenSSH\r\n'));
  const foreign = await runOpenLoop(createTarget(url), { stages: even(20, 0.25) });
  assert.deepEqual(foreign.errors, { protocol: 5 });
});

test('what is not answered in time is a timeout and shows in the percentiles', async (t) => {
  const { url } = await serve(t, () => undefined);
  const target = createTarget(url, { timeoutMs: 150 });
  const result = await runOpenLoop(target, { stages: even(20, 0.25) });
  assert.deepEqual(result.errors, { timeout: 5 });
  assert.ok((result.latencyMs.p50 as number) >= 145, `p50 ${result.latencyMs.p50}`);
});

test('what is due beyond the limit in flight is counted as not sent', async (t) => {
  const { url } = await serve(t, () => undefined);
  const target = createTarget(url, { timeoutMs: 400 });
  const result = await runOpenLoop(target, { stages: even(100, 0.2), maxInFlight: 3 });
  assert.deepEqual(result.errors, { timeout: 3, 'not-sent': 17 });
  assert.ok(result.rps <= 3 / 0.4, `${result.rps} a second`);
  assert.equal(result.usersPeak, 3);
});

test('an abort ends the load at once with the account so far', async (t) => {
  const abort = new AbortController();
  let served = 0;
  let ended = 0;
  const { url } = await serve(t, (_, answer) => {
    served++;
    if (served <= 10) answer.end('ok');
    // Ten are unanswered, and the answers to the others have come: several may be sent at once.
    else if (served >= 20 && ended === 10) abort.abort();
  });
  const result = await runOpenLoop(createTarget(url), {
    stages: even(100, 3600),
    signal: abort.signal,
    onEnded: () => void ended++,
  });
  assert.equal(result.ok, 10);
  assert.deepEqual(result.errors, {}, 'what was cut off is no error of the server');
  const cutOff = /^(\d+) requests were unanswered when the load was cut off/m;
  const [, unanswered] = cutOff.exec(result.warnings.join('\n')) ?? [];
  assert.ok(Number(unanswered) >= 10, result.warnings.join('\n'));
});

test('it lasts as long as its profile does, also while nothing is due any more or ever', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  const stages = [...even(50, 0.2), { atS: 0.2, rps: 0 }, { atS: 0.5, rps: 0 }];
  const result = await runOpenLoop(createTarget(url), { stages });
  assert.equal(result.ok, 10);
  assert.ok(result.durationS >= 0.5 && result.rps <= 20, `${result.durationS} s`);
  const none = await runOpenLoop(createTarget(url), { stages: even(1, 0.2) });
  assert.ok(none.requests === 0 && none.durationS >= 0.2, `${none.durationS} s`);
});

test('a signal that outlives the load keeps nothing of it', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  const { signal } = new AbortController();
  await runOpenLoop(createTarget(url), { stages: even(50, 0.1), signal });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('no more are sent than are allowed', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  const result = await runOpenLoop(createTarget(url), { stages: even(200, 60), maxRequests: 30 });
  assert.equal(result.requests, 30);
  // A busy machine may have others.
  assert.doesNotMatch(result.warnings.join('\n'), /was the limit/);
});

test('a load that is already aborted sends nothing', async (t) => {
  let served = 0;
  const { url } = await serve(t, () => served++);
  const options = { stages: even(10_000, 60), signal: AbortSignal.abort() };
  assert.equal((await runOpenLoop(createTarget(url), options)).requests, 0);
  assert.equal(served, 0);
});

test('a rate beyond what one process can send is owned up to', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  const result = await runOpenLoop(createTarget(url), {
    // 400,000 to count: a busy machine, too, comes to the end of them.
    stages: even(20_000_000, 0.02),
    maxInFlight: 50,
  });
  assert.match(result.warnings.join('\n'), /The generator was the limit, not the target: 20000000/);
});

test('progress is told while the load runs', async (t) => {
  const { url } = await serve(t, (_, answer) => void answer.end('ok'));
  const enough = new AbortController();
  const seen: LoadProgress[] = [];
  const result = await runOpenLoop(createTarget(url), {
    stages: even(50, 60),
    signal: enough.signal,
    onProgress(progress) {
      seen.push(progress);
      // In the second before, a machine may have stood still.
      if (progress.rps > 0) enough.abort();
    },
  });
  const last = seen.at(-1) as LoadProgress;
  assert.ok(last.rps > 0 && last.elapsedS < 50, `${last.elapsedS} s`);
  assert.notEqual(last.p95Ms, null);
  assert.equal(last.requests, result.requests);
  assert.equal(last.ok, result.ok);
});

test('a body and headers reach the server', async (t) => {
  let seen = '';
  const { url } = await serve(t, (request, answer) => {
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (seen += chunk));
    request.on('end', () => {
      seen += ` ${request.method} ${String(request.headers['x-key'])}`;
      answer.end('ok');
    });
  });
  const target = createTarget(url, { method: 'POST', headers: { 'x-key': 'k' }, body: 'ü' });
  await runOpenLoop(target, { stages: even(10, 0.1) });
  assert.equal(seen, 'ü POST k');
});
