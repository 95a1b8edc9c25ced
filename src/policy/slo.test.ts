import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Situation } from '../../test/support/scaling.ts';
import { SCALE, START, signals } from '../../test/support/scaling.ts';
import { missing } from '../signals/reading.ts';
import { decide } from './decide.ts';
import type { Decided, PolicyMemory } from './decision.ts';
import { FRESH_MEMORY } from './decision.ts';
import type { Capacity, Forecast, Learned } from './learned.ts';
import { renderReason } from './reasons.ts';

const CAPACITY: Capacity = { rps: 140, confidence: 0.8, basis: 'at-its-limit' };

function forecast(rps: number, keepRps = rps): Forecast {
  return {
    nowRps: rps,
    expectedRps: rps,
    readyRps: rps,
    keepRps,
    horizonMs: 4_000,
    basis: { kind: 'level' },
    historyMs: 3_600_000,
  };
}

interface Given extends Pick<Situation, 'stable' | 'desired' | 'ready' | 'starting' | 'control'> {
  readonly learned?: Partial<Learned>;
  readonly headroom?: number;
  readonly percentile?: number;
  readonly memory?: Partial<PolicyMemory>;
  readonly min?: number;
}

/** Long after the last change, so that nothing waits for anything. */
const RESTED = { at: START - 60_000, count: 9, left: 2, isDown: true, upAt: 0, remainingMs: 0 };

function slo(given: Given): Decided {
  const desired = given.desired ?? 4;
  const measured = signals({ rps: 100, ...given.stable });
  const { headroom = 0.2, percentile = 95, min = SCALE.min } = given;
  return decide({
    now: START,
    scale: { ...SCALE, min, policy: 'slo', slo: { latencyMs: 300, percentile, headroom } },
    snapshot: { at: START, stable: measured, burst: measured },
    replicas: { desired, ready: given.ready ?? desired, starting: given.starting ?? 0 },
    host: { room: Infinity, bound: null, cpuSaturated: false },
    control: { paused: false, pinned: null, deploying: false, ...given.control },
    memory: { ...FRESH_MEMORY, policies: { slo: RESTED }, ...given.memory },
    learned: { forecast: null, capacity: null, startup: null, ...given.learned },
  });
}

const words = ({ reasons }: Decided): readonly string[] => reasons.map(renderReason);

test('as many as the expected load needs, with the head-room, and said in words', () => {
  const decided = slo({ learned: { capacity: CAPACITY, forecast: forecast(820) } });
  assert.equal(decided.raw, 8, '820 ÷ (140 × 0.8)');
  assert.equal(
    words(decided)[0],
    'one replica holds 140 requests/s under 300 ms, planned with 112; 820/s expected in 4 s: 8 replicas',
  );
  const bare = slo({ headroom: 0, learned: { capacity: CAPACITY, forecast: forecast(820) } });
  assert.equal(bare.raw, 6);
});

test('it comes down to what is worth keeping', () => {
  const learned = { capacity: CAPACITY, forecast: forecast(100, 330) };
  assert.equal(slo({ desired: 9, learned }).raw, 3);
});

test('without a forecast it goes by the load as it is', () => {
  const decided = slo({ stable: { rps: 820 }, learned: { capacity: CAPACITY } });
  assert.equal(decided.raw, 8);
  assert.match(words(decided).join(), /820\/s now/);
});

test('what waits is worked off beside the load, but not where more replicas have not helped', () => {
  const stable = { rps: 440, queued: 4_000 };
  const learned = { capacity: CAPACITY, forecast: forecast(440) };
  assert.ok((slo({ stable, learned }).raw as number) > 5);
  const unmoved = { from: 4, to: 8, latencyMs: 600 };
  const decided = slo({ stable, learned: { ...learned, capacity: { ...CAPACITY, unmoved } } });
  assert.equal(decided.raw, 4);
  assert.ok(
    words(decided).includes('latency does not follow the count: 4 → 8 replicas, still 600 ms'),
  );
});

test('what was added in vain goes at once, however often the count went down lately', () => {
  const unmoved = { from: 4, to: 8, latencyMs: 600 };
  const tired = {
    ...RESTED,
    at: START - 1_000,
    count: 8,
    left: 0,
    isDown: false,
    upAt: START - 1_000,
  };
  const memory = { policies: { slo: tired } };
  const learned = { forecast: forecast(400) };
  const held = slo({ desired: 8, memory, learned: { ...learned, capacity: CAPACITY } });
  assert.equal(held.raw, 8);
  const back = slo({
    desired: 8,
    memory,
    learned: { ...learned, capacity: { ...CAPACITY, unmoved } },
  });
  assert.equal(back.raw, 4);
});

test('silence holds, whatever was learned', () => {
  const decided = slo({
    stable: { rps: missing(9_000), queued: missing(9_000), concurrency: missing(9_000) },
    learned: { capacity: CAPACITY, forecast: forecast(20) },
  });
  assert.equal(decided.raw, null);
  assert.equal(decided.binding, 'missing');
  assert.equal(decided.desired, 4);
});

test('nothing learned: half as many again while the promise is broken, one fewer without requests', () => {
  const broken = slo({ stable: { latencyP95Ms: 900 } });
  assert.equal(broken.raw, 6);
  assert.ok(words(broken).includes('p95 latency 900 ms is above 300 ms: 6 replicas'));
  assert.equal(slo({ stable: { latencyP95Ms: 900 }, desired: 6, ready: 4, starting: 2 }).raw, 6);
  const kept = slo({ stable: { latencyP95Ms: 200 } });
  assert.equal(kept.raw, 4);
  assert.match(words(kept).join(), /not known yet/);
  assert.equal(slo({ stable: { rps: 0 } }).raw, 3);
});

test('the percentile that was promised is the one that counts', () => {
  const stable = { latencyP50Ms: 100, latencyP95Ms: 400, latencyP99Ms: 900 };
  assert.equal(slo({ stable, percentile: 50 }).raw, 4);
  assert.equal(slo({ stable, percentile: 80 }).raw, 4);
  assert.equal(slo({ stable, percentile: 94 }).raw, 6);
  assert.equal(
    slo({ stable: { ...stable, latencyP99Ms: 200, latencyP95Ms: 150 }, percentile: 99 }).raw,
    4,
  );
});

test('the brake and an open circuit stand above it', () => {
  const learned = { capacity: CAPACITY, forecast: forecast(820) };
  assert.equal(slo({ stable: { errors: 0.2 }, learned }).desired, 4);
  const circuit = { open: true, settlingMs: 0 };
  assert.equal(slo({ control: { circuit }, learned }).binding, 'brake');
});

test('asleep, it is not woken by the load of the minute before; by a season it is, and not sent to sleep over it', () => {
  const given = { desired: 0, min: 0, stable: { rps: 0, concurrency: 0, queued: 0 } };
  const memory = { idleSince: START - 3_600_000 };
  const before = { capacity: CAPACITY, forecast: forecast(0.2) };
  assert.equal(slo({ ...given, memory, learned: before }).desired, 0);
  const season = { ...forecast(300), basis: { kind: 'season', periodMs: 3_600_000 } } as const;
  const learned = { capacity: CAPACITY, forecast: season };
  const woken = slo({ ...given, memory, learned });
  assert.equal(woken.desired, 3);
  assert.equal(slo({ ...given, desired: 3, memory: woken.memory, learned }).desired, 3);
});
