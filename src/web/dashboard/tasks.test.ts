import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The page is plain JavaScript for browsers; what touches no document runs here as well. */
const load = async (name: string): Promise<Record<string, (...values: unknown[]) => unknown>> =>
  (await import(new URL(name, import.meta.url).href)) as Record<
    string,
    (...values: unknown[]) => unknown
  >;

test('a queue is behind, at work, left alone, waiting for later, or empty', async () => {
  const { queueState } = await load('./queue-words.js');
  const empty = { problem: null, waiting: 0, running: 0, later: 0 };
  assert.deepEqual(queueState?.(empty), ['empty', 'held']);
  assert.deepEqual(queueState?.({ ...empty, later: 2 }), ['later', 'held']);
  assert.deepEqual(queueState?.({ ...empty, waiting: 9 }), ['nobody at work', 'warn']);
  assert.deepEqual(queueState?.({ ...empty, waiting: 9, running: 2 }), ['at work', 'good']);
  assert.deepEqual(queueState?.({ ...empty, running: 2 }), ['at work', 'good']);
  assert.deepEqual(queueState?.({ ...empty, running: 2, problem: 'x' }), ['behind', 'bad']);
});

test('a queue says who works it off, in what time, and what became of its tasks', async () => {
  const { servedBy, totalsText } = await load('./queue-words.js');
  const push = { service: 'worker', delivery: 'push', drainTargetMs: 30_000 };
  assert.equal(servedBy?.(push), 'delivered to worker · to be drained in 30 s');
  const pull = { service: null, delivery: 'pull', drainTargetMs: null };
  assert.deepEqual(
    [servedBy?.(pull), servedBy?.({ ...pull, service: 'words' })],
    ['fetched by workers', 'fetched by words'],
  );
  const totals = { sent: 12_345, succeeded: 12_340, failed: 5, cancelled: 0, retried: 0 };
  assert.equal(
    totalsText?.(totals),
    'of all time: 12,345 sent · 12,340 succeeded · failed 5 times',
  );
  assert.match(String(totalsText?.({ ...totals, failed: 1 })), /failed once$/);
  const none = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  assert.equal(totalsText?.(none), 'of all time: 0 sent');
});

test('numbers of queues go from milliseconds to days, and from bytes to gigabytes', async () => {
  const { duration, size } = await load('./format.js');
  const spans = [null, 340, 1400, 125_000, 7_400_000, 3e8].map((ms) => duration?.(ms));
  assert.deepEqual(spans, ['–', '340 ms', '1.4 s', '2 min', '2 h', '3 d']);
  const sizes = [0, 400, 4096, 3 * 2 ** 20].map((bytes) => size?.(bytes));
  assert.deepEqual(sizes, ['0 bytes', '400 bytes', '4 kB', '3 MB']);
});

test('a rate is what a total grew by; one look tells nothing, and a total that shrank is no rate', async () => {
  const { perSecond } = await load('./queue-words.js');
  const looks = [100, 130, 180].map((total, index) => ({ at: index * 2000, total }));
  assert.equal(perSecond?.(looks), 20);
  assert.deepEqual([perSecond?.([]), perSecond?.(looks.slice(0, 1))], [null, null]);
  assert.equal(
    perSecond?.([
      { at: 0, total: 9 },
      { at: 1000, total: 0 },
    ]),
    0,
  );
});

test('a schedule tells when it was sent last, and when it comes next', async () => {
  const { scheduleText } = await load('./queue-words.js');
  const now = Date.parse('2026-03-01T12:00:00.000Z');
  const nightly = {
    cron: '0 3 * * *',
    timezone: 'Europe/Paris',
    queue: 'default',
    lastAt: '2026-03-01T02:00:00.000Z',
    nextAt: '2026-03-01T12:05:00.000Z',
  };
  const text = '0 3 * * * in Europe/Paris to default';
  assert.equal(scheduleText?.(nightly, now), `${text} · last 10 h ago · next in 5 min`);
  const none = { ...nightly, lastAt: null, nextAt: null };
  assert.equal(scheduleText?.(none, now), `${text} · not sent yet · never again`);
});

test('what waits for a service is what waits in its only queue', async () => {
  const { aloneOn } = await load('./queue-words.js');
  const of = (name: string, service: string | null): object => ({ name, service });
  const queues = [of('a', 'worker'), of('b', 'shared'), of('c', 'shared'), of('d', null)];
  assert.deepEqual(
    queues.map((queue) => aloneOn?.(queue, queues)),
    ['worker', null, null, null],
  );
});

test('a chart says how far back it goes, which is less when the page is new', async () => {
  const { reachText } = await load('./format.js');
  const now = new Date(2026, 2, 1, 14, 30, 5).getTime();
  const reach = (ms: number): unknown => reachText?.(now - ms, now, 300_000);
  assert.deepEqual(
    [reach(60_000), reach(295_000), reach(300_000)],
    ['5 min, since 14:29:05', 'last 5 min', 'last 5 min'],
  );
});

test('a task that ended says why it failed, or what was answered', async () => {
  const { failureOf, resultOf } = await load('./queue-words.js');
  assert.equal(failureOf?.({ error: 'It broke.', attempt: 6 }), 'It broke. · 6 attempts');
  assert.equal(failureOf?.({ error: null, attempt: 1 }), 'It failed. · one attempt');
  const times = { startedAt: '2026-03-01T12:00:00.000Z', finishedAt: '2026-03-01T12:00:00.024Z' };
  const ended = (result: unknown): unknown => resultOf?.({ ...times, result });
  assert.equal(ended({ status: 200, bytes: 35 }), '200 · 24 ms · 35 bytes');
  assert.equal(ended(null), 'no answer · 24 ms');
});

test('a database is one line: what it is, where, how large, and whether it is well', async () => {
  const { databaseFacts, databaseTone } = await load('./database-words.js');
  const main = {
    kind: 'postgres',
    address: '127.0.0.1:20003',
    memoryBytes: 61 * 2 ** 20,
    connections: 12,
  };
  assert.equal(databaseFacts?.(main), 'PostgreSQL · 127.0.0.1:20003 · 61 MB · 12 connections');
  const unknown = { kind: 'redis', address: null, memoryBytes: null, connections: 1 };
  assert.equal(databaseFacts?.(unknown), 'Redis · 1 connection');
  const tones = ['ready', 'external', 'starting', 'failed'].map((state) =>
    databaseTone?.({ state, problem: null }),
  );
  assert.deepEqual(tones, ['good', 'held', 'warn', 'bad']);
  assert.equal(databaseTone?.({ state: 'ready', problem: 'x' }), 'bad');
});
