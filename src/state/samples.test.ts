import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { testStore } from '../../test/support/store.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../kit/clock.ts';
import type { SampleRow, StoredRow } from './samples.ts';

/** On a whole minute. */
const T = 1_700_000_040_000;

const sample = (at: number, signals: SampleRow['signals'] = {}, ready = 2): SampleRow => ({
  service: 'api',
  at,
  ready,
  desired: 2,
  signals,
});

test('young samples come back one by one, with every signal a number or null', (t) => {
  const { store, setNow } = testStore(t);
  setNow(T + 10 * SECOND);
  store.samples.add(sample(T, { cpu: 0.5, backlog: null }));
  store.samples.add(sample(T + 1_000, { cpu: 0.25 }, 3));
  store.samples.add({ ...sample(T), service: 'web' });
  const rows = store.samples.range('api', T, T + MINUTE, 100);
  assert.deepEqual(
    rows.map(({ at, ready, signals }) => [at, ready, signals.cpu, signals.backlog, signals.rps]),
    [
      [T, 2, 0.5, null, null],
      [T + 1_000, 3, 0.25, null, null],
    ],
  );
  assert.deepEqual(store.samples.range('api', T + 2_000, T + MINUTE, 100), []);
  assert.deepEqual(store.samples.range('nobody', T, T + MINUTE, 100), []);
});

test('ten seconds become one point: means, peaks, and what is about requests by request', (t) => {
  const { store, setNow } = testStore(t);
  const quiet = { cpu: 0.2, memoryBytes: 100, latencyP99Ms: 10, rps: 10, errors: 0, queued: null };
  const busy = {
    cpu: null,
    memoryBytes: 300,
    latencyP99Ms: 90,
    rps: 90,
    errors: 0.5,
    queued: null,
  };
  store.samples.add(sample(T, quiet, 1));
  store.samples.add(sample(T + 1_000, busy, 4));
  store.samples.add(sample(T + 10_000, quiet));
  setNow(T + 3 * HOUR);
  const [point, ...rest] = store.samples.range('api', T, T + HOUR, 100);
  assert.deepEqual(rest, []);
  assert.deepEqual([point?.at, point?.ready], [T, 2.5]);
  const { cpu, memoryBytes, latencyP99Ms, rps, errors, queued } = point?.signals ?? {};
  assert.deepEqual(
    [cpu, memoryBytes, latencyP99Ms, rps, errors, queued],
    [0.2, 300, 90, 50, 0.45, null],
  );
});

test('errors without a request in the span are the plain mean', (t) => {
  const { store, setNow } = testStore(t);
  store.samples.add(sample(T, { errors: 0.2, rps: 0 }));
  store.samples.add(sample(T + 1_000, { errors: 0.4, rps: null }));
  store.sweep(T + MINUTE);
  setNow(T + 3 * HOUR);
  const [point] = store.samples.range('api', T, T + HOUR, 10);
  assert.ok(Math.abs((point?.signals.errors ?? 0) - 0.3) < 1e-9);
});

test('more points than asked for are combined evenly and no peak is lost', (t) => {
  const { store, setNow } = testStore(t);
  setNow(T + HOUR);
  for (let i = 0; i < 1_000; i++)
    store.samples.add(sample(T + i * SECOND, { latencyP99Ms: i === 777 ? 5_000 : 10, cpu: i }));
  const rows = store.samples.range('api', T, T + HOUR, 100);
  assert.equal(rows.length, 100);
  assert.deepEqual(
    rows.map(({ at }) => at),
    rows.map((_, i) => T + i * 10 * SECOND),
  );
  assert.equal(Math.max(...rows.map(({ signals }) => signals.latencyP99Ms ?? 0)), 5_000);
  assert.equal(rows[3]?.signals.cpu, 34.5);
});

test('at no limit are there more points than asked for', (t) => {
  const { store, setNow } = testStore(t);
  setNow(T + HOUR);
  const steps = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 50 }), fc.nat(), (steps, limit, n) => {
      let at = T;
      for (const step of steps) store.samples.add({ ...sample((at += step)), service: `s${n}` });
      const rows = store.samples.range(`s${n}`, T, at, limit);
      assert.ok(rows.length >= 1 && rows.length <= limit);
    }),
    { numRuns: 50 },
  );
});

test('each resolution is swept after its time, and what the coarser ones hold stays', (t) => {
  const file = testStore(t);
  for (let i = 0; i < 120; i++) file.store.samples.add(sample(T + i * SECOND, { cpu: 1 }));
  const countAfter = (ageMs: number): Record<string, number> => {
    file.store.sweep(T + ageMs);
    return counts(file.path);
  };
  assert.deepEqual(countAfter(2 * MINUTE), { 1000: 120, 10000: 12, 60000: 2 });
  assert.deepEqual(countAfter(2 * HOUR), { 1000: 120, 10000: 12, 60000: 2 });
  // Whole minutes only: half a minute must not be rolled up again as if it were all of it.
  assert.deepEqual(countAfter(2 * HOUR + 90 * SECOND), { 1000: 60, 10000: 12, 60000: 2 });
  assert.deepEqual(countAfter(2 * HOUR + 2 * MINUTE), { 10000: 12, 60000: 2 });
  assert.deepEqual(countAfter(2 * DAY + 2 * MINUTE), { 60000: 2 });
  assert.deepEqual(countAfter(60 * DAY + 2 * MINUTE), {});
});

test('spans left open by a process that was killed are closed by the next, before rows are swept', (t) => {
  const file = testStore(t);
  for (let i = 0; i < 90; i++) file.store.samples.add(sample(T + i * SECOND, { cpu: 1 }));
  const store = file.reopen();
  assert.deepEqual(counts(file.path), { 1000: 90, 10000: 8, 60000: 1 });
  store.sweep(T + 5 * HOUR);
  assert.deepEqual(counts(file.path), { 10000: 9, 60000: 2 });
});

/** Any seconds in any order within a quarter of an hour: a clock may be set back. */
const anySamples = fc.array(
  fc.record({
    offsetMs: fc.integer({ min: 0, max: 15 * MINUTE }),
    ready: fc.integer({ min: 0, max: 50 }),
    cpu: fc.option(fc.double({ min: 0, max: 4, noNaN: true })),
  }),
  { minLength: 1, maxLength: 120 },
);

test('every resolution holds the same weight, the same sum and the same peak, whatever comes in', (t) => {
  const file = testStore(t);
  let n = 0;
  fc.assert(
    fc.property(anySamples, (samples) => {
      const service = `s${n++}`;
      for (const { offsetMs, ready, cpu } of samples)
        file.store.samples.add({
          ...sample(T + offsetMs, { cpu, memoryBytes: cpu, latencyP95Ms: ready }, ready),
          service,
        });
      file.store.sweep(T + HOUR);
      const [fine, ...coarse] = sums(file.path, service);
      assert.ok(fine);
      assert.equal(coarse.length, 2);
      for (const level of coarse) {
        assert.equal(level.weight, fine.weight);
        assert.ok(Math.abs(level.ready - fine.ready) < 1e-6);
        assert.equal(level.peak, fine.peak);
        assert.equal(level.bytes, fine.bytes);
      }
    }),
    { numRuns: 60 },
  );
});

// Private

function counts(path: string): Record<string, number> {
  const raw = new DatabaseSync(path);
  const rows = raw
    .prepare('SELECT resolution_ms AS r, count(*) AS n FROM samples GROUP BY 1')
    .all();
  raw.close();
  return Object.fromEntries(rows.map(({ r, n }) => [r, Number(n)]));
}

interface Sums {
  readonly weight: number;
  readonly ready: number;
  readonly peak: number;
  readonly bytes: number | null;
}

function sums(path: string, service: string): Sums[] {
  const raw = new DatabaseSync(path);
  const rows = raw
    .prepare(
      `SELECT sum(weight) AS weight, sum(weight * ready) AS ready, max(latencyP95Ms) AS peak,
         max(memoryBytes) AS bytes
       FROM samples WHERE service = ? GROUP BY resolution_ms ORDER BY resolution_ms`,
    )
    .all(service);
  raw.close();
  return rows as unknown as Sums[];
}

test('what was expected and what shadows wanted is kept with the sample, as means where points become one', (t) => {
  const { store, setNow } = testStore(t);
  const forecast = { rps: 100, aheadMs: 4_000 };
  store.samples.add({ ...sample(T), forecast, shadows: { target: 4, slo: 2 } });
  store.samples.add({ ...sample(T + 1_000), shadows: { target: 8 } });
  store.samples.add(sample(T + 10_000));
  setNow(T + 10_000);
  const young = store.samples.range('api', T, T + MINUTE, 100);
  assert.deepEqual(
    young.map((row) => [row.forecast, row.shadows]),
    [
      [forecast, { target: 4, slo: 2 }],
      [undefined, { target: 8 }],
      [undefined, undefined],
    ],
  );
  setNow(T + 3 * HOUR);
  const [old] = store.samples.range('api', T, T + MINUTE, 100);
  assert.deepEqual([old?.forecast, old?.shadows], [forecast, { target: 6, slo: 2 }]);
});

test('what arrived in an interval is kept beside the mean over the window; a mean of it where points become one', (t) => {
  const { store, setNow } = testStore(t);
  const arrived = [30, null, 0, undefined, 90];
  for (const [second, arrivedRps] of arrived.entries())
    store.samples.add({
      ...sample(T + second * SECOND, { rps: 50 }),
      ...(arrivedRps !== undefined && { arrivedRps }),
    });
  for (const at of [T + 10 * SECOND, T + MINUTE, T + 2 * MINUTE]) store.samples.add(sample(at));
  const rates = (rows: readonly StoredRow[]): unknown =>
    rows.map(({ arrivedRps, signals }) => [arrivedRps, signals.rps]);
  setNow(T + MINUTE);
  assert.deepEqual(rates(store.samples.range('api', T, T + 5 * SECOND, 100)), [
    [30, 50],
    [null, 50],
    [0, 50],
    [null, 50],
    [90, 50],
  ]);
  for (const spanMs of [10 * SECOND, MINUTE])
    assert.deepEqual(rates(store.samples.stored('api', spanMs, T, T + spanMs)), [[40, 50]]);
});

test('one resolution is read as it stands, and its oldest moment is known', (t) => {
  const { store } = testStore(t);
  for (let second = 0; second < 25; second++)
    store.samples.add(sample(T + second * SECOND, { rps: second }));
  const stored = (spanMs: number, to: number): unknown[] =>
    store.samples.stored('api', spanMs, T, to).map(({ at, signals }) => [at - T, signals.rps]);
  assert.deepEqual(stored(10 * SECOND, T + 10_000), [[0, 4.5]]);
  assert.deepEqual(stored(10 * SECOND, T + MINUTE).length, 2);
  assert.deepEqual(stored(SECOND, T + 2 * SECOND), [
    [0, 0],
    [1_000, 1],
  ]);
  assert.equal(store.samples.oldestAt('api', SECOND), T);
  assert.equal(store.samples.oldestAt('api', MINUTE), null);
});

test('what a policy beside the live one wanted is read by the minute, and only where it wanted anything', (t) => {
  const { store, setNow } = testStore(t);
  for (const [at, shadows] of [
    [T, { target: 4 }],
    [T + MINUTE, { target: 6, slo: 2 }],
    [T + 2 * MINUTE, {}],
    [T + 3 * MINUTE, { target: 8 }],
  ] as const) {
    setNow(at);
    store.samples.add({ ...sample(at), shadows });
  }
  const { desired: live } = sample(T);
  const to = T + 3 * MINUTE;
  assert.deepEqual(
    store.samples.wantedBeside('api', 'target', T, to).map((row) => ({ ...row })),
    [
      { at: T, live, shadow: 4 },
      { at: T + MINUTE, live, shadow: 6 },
    ],
  );
  assert.equal(store.samples.wantedBeside('api', 'target', T + MINUTE, to).length, 1);
  assert.equal(store.samples.wantedBeside('api', 'linear', T, to).length, 0);
});
