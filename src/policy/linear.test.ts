import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, NOT_APPLICABLE, tooFew, UNSET } from '../signals/reading.ts';
import { decideIn, type Situation } from '../../test/support/scaling.ts';

const rawOf = (given: Situation): number | null => decideIn(given).raw;
const kindsOf = (given: Situation): string[] => decideIn(given).reasons.map(({ kind }) => kind);

test('one up threshold crossed is one replica more, and two are no more than that', () => {
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.71 } }), 4);
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.7 } }), 3);
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.3, latencyP95Ms: 1_400 } }), 4);
  assert.equal(rawOf({ desired: 3, stable: { cpu: 9, latencyP95Ms: 9_000 } }), 4);
});

test('one fewer only when every applicable rule is below its down threshold', () => {
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.1, latencyP95Ms: 50 } }), 2);
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.1, latencyP95Ms: 300 } }), 3);
  assert.equal(rawOf({ desired: 3, stable: { cpu: 0.1, memory: 0.5 } }), 3);
});

test('a rule that is not applicable is skipped, and says so', () => {
  const given = { desired: 3, stable: { cpu: 0.1 } };
  assert.equal(rawOf(given), 2);
  assert.deepEqual(
    decideIn(given).reasons.filter(({ kind }) => kind === 'skipped'),
    [
      { kind: 'skipped', signal: 'memory', windowMs: 10_000 },
      { kind: 'skipped', signal: 'latencyP95Ms', windowMs: 10_000 },
    ],
  );
});

test('a rule for what is not set up is not mentioned', () => {
  const { reasons } = decideIn({ desired: 3, stable: { cpu: 0.1, memory: UNSET } });
  assert.ok(reasons.every((each) => !('signal' in each) || each.signal !== 'memory'));
});

test('a slow latency of too few requests adds nothing, and other signals still do', () => {
  const latencyP95Ms = tooFew(3_800, 3);
  const { raw, reasons } = decideIn({ desired: 1, stable: { cpu: 0.3, rps: 0.3, latencyP95Ms } });
  assert.equal(raw, 1);
  assert.ok(reasons.some((each) => each.kind === 'skipped' && each.requests === 3));
  assert.equal(rawOf({ desired: 1, stable: { cpu: 0.8, latencyP95Ms } }), 2);
  const scale = { up: { latencyMs: 1_000, concurrency: 5, queued: 2 }, down: {} };
  assert.equal(rawOf({ desired: 1, scale, stable: { concurrency: 6, latencyP95Ms } }), 2);
  assert.equal(rawOf({ desired: 1, scale, stable: { queued: 3, latencyP95Ms } }), 2);
});

test('nothing happens with a reason: cpu lies between its thresholds', () => {
  const { raw, binding, reasons } = decideIn({ desired: 3, stable: { cpu: 0.41 } });
  assert.equal(raw, 3);
  assert.equal(binding, 'none');
  assert.deepEqual(reasons[0], {
    kind: 'between',
    signal: 'cpu',
    value: 0.41,
    low: 0.2,
    high: 0.7,
  });
});

test('missing data holds: raw is null and nothing goes down', () => {
  const held = decideIn({ desired: 3, stable: { cpu: 0.01, latencyP95Ms: missing(4_000) } });
  assert.equal(held.raw, null);
  assert.equal(held.desired, 3);
  assert.equal(held.binding, 'missing');
  assert.deepEqual(
    held.reasons.find(({ kind }) => kind === 'missing'),
    { kind: 'missing', signal: 'latencyP95Ms', silentMs: 4_000 },
  );
});

test('missing data of a signal without a rule does not matter', () => {
  const stable = { cpu: 0.01, eventLoopDelayMs: missing(4_000) };
  assert.equal(rawOf({ desired: 3, stable }), 2);
});

test('what is there may ask for more while something else is missing', () => {
  const stable = { cpu: 0.9, latencyP95Ms: missing(4_000) };
  assert.equal(decideIn({ desired: 3, stable }).desired, 4);
});

test('starting replicas count as coming capacity: the load is shared with them before more are asked for', () => {
  const starting = { desired: 4, ready: 2, starting: 2 };
  assert.equal(rawOf({ ...starting, stable: { cpu: 1 } }), 4);
  assert.deepEqual(kindsOf({ ...starting, stable: { cpu: 1 } }).slice(0, 2), ['above', 'starting']);
  assert.equal(rawOf({ ...starting, stable: { cpu: 1.5 } }), 5, 'too much even for all four');
});

test('a crossed rule that waits for starting replicas lets nothing go down meanwhile', () => {
  const scale = { up: { cpu: 0.7, queued: 10 }, down: { cpu: 0.2 } };
  const stable = { cpu: 0.1, queued: 15 };
  assert.equal(rawOf({ desired: 4, ready: 2, starting: 2, scale, stable }), 4);
});

test('replicas that wait to be started again count as coming too', () => {
  assert.equal(rawOf({ desired: 4, ready: 2, starting: 0, stable: { cpu: 1 } }), 4);
});

test('replicas that are taken out for their errors are not coming: who serves alone and is busy gets another', () => {
  assert.equal(rawOf({ desired: 2, ready: 1, out: 1, stable: { cpu: 0.9 } }), 3);
  assert.equal(rawOf({ desired: 3, ready: 1, starting: 1, out: 1, stable: { cpu: 0.9 } }), 3);
  assert.equal(rawOf({ desired: 2, ready: 1, out: 1, stable: { cpu: 0.1 } }), 1);
});

test('one fewer is not taken where the rest would have to grow again', () => {
  const scale = { up: { cpu: 0.5 }, down: { cpu: 0.4 } };
  assert.equal(rawOf({ desired: 2, scale, stable: { cpu: 0.39 } }), 2);
  assert.ok(kindsOf({ desired: 2, scale, stable: { cpu: 0.39 } }).includes('would-cross'));
  assert.equal(rawOf({ desired: 10, scale, stable: { cpu: 0.39 } }), 9);
  assert.equal(rawOf({ desired: 7, scale, stable: { cpu: 0.39 } }), 7, 'a tenth is kept for noise');
});

test('concurrency and rate thresholds are per ready replica', () => {
  const scale = { up: { rps: 100 }, down: { rps: 20 } };
  assert.equal(rawOf({ desired: 4, scale, stable: { rps: 390 } }), 4);
  assert.equal(rawOf({ desired: 4, scale, stable: { rps: 410 } }), 5);
  assert.equal(rawOf({ desired: 4, scale, stable: { rps: 70 } }), 3);
});

test('a rule that only asks for more does not hold the others back', () => {
  const scale = { up: { cpu: 0.7, queued: 10 }, down: { cpu: 0.2 } };
  assert.equal(rawOf({ desired: 4, scale, stable: { cpu: 0.1, queued: 3 } }), 3);
  assert.equal(rawOf({ desired: 4, scale, stable: { cpu: 0.1, queued: 30 } }), 5);
});

test('rules that all need requests do not keep an unused service large', () => {
  const scale = { up: { latencyMs: 1_000 }, down: { latencyMs: 200 } };
  assert.equal(rawOf({ desired: 4, scale, stable: {} }), 3);
  assert.ok(kindsOf({ desired: 4, scale, stable: {} }).includes('idle'));
  assert.equal(rawOf({ desired: 4, ready: 0, starting: 4, scale, stable: {} }), 4);
});

test('without an applicable rule nothing changes while there are requests', () => {
  const scale = { up: { memory: 0.8 }, down: { memory: 0.4 } };
  const given = { desired: 4, scale, stable: { rps: 5, memory: NOT_APPLICABLE } };
  assert.equal(rawOf(given), 4);
  assert.ok(kindsOf(given).includes('no-rule'));
  assert.equal(rawOf({ desired: 4, scale: { up: {}, down: {} } }), 4);
});
