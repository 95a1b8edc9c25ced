import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../signals/reading.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import { SCALE, signals, START } from '../../test/support/scaling.ts';
import { decide } from './decide.ts';
import type { Decided, PolicyMemory, ReplicaCounts } from './decision.ts';
import { FRESH_MEMORY } from './decision.ts';
import type { Forecast } from './learned.ts';
import { renderReason } from './reasons.ts';

const DAY = 24 * 3_600_000;

/** 20 requests/s a place, one place a replica, to be in use for seven tenths: 14/s each. */
const SPEC: ScaleSpec = { ...SCALE, policy: 'predictive', target: { concurrency: 0.7 } };

interface Moment {
  readonly now: number;
  readonly rps: number;
  readonly forecast: Partial<Forecast> | null;
  readonly replicas: ReplicaCounts;
  readonly memory: PolicyMemory;
  readonly scale?: Partial<ScaleSpec>;
  readonly isSilent?: boolean;
}

function decided(moment: Moment): Decided {
  const { now, rps, forecast, replicas, memory, scale = {}, isSilent = false } = moment;
  const seen = signals(
    isSilent
      ? { rps: missing(9_000), concurrency: missing(9_000), queued: missing(9_000) }
      : { rps, concurrency: rps / 20 },
  );
  const load = { nowRps: rps, expectedRps: rps, readyRps: rps, keepRps: rps };
  const basis = { kind: 'level' } as const;
  return decide({
    now,
    scale: { ...SPEC, ...scale },
    snapshot: { at: now, stable: seen, burst: seen },
    replicas,
    host: { room: Infinity, bound: null, cpuSaturated: false },
    control: { paused: false, pinned: null, deploying: false },
    memory,
    learned: {
      forecast: forecast && { ...load, horizonMs: 31_000, basis, historyMs: 0, ...forecast },
      capacity: null,
      startup: null,
    },
  });
}

const steady = (count: number): ReplicaCounts => ({ ready: count, starting: 0, desired: count });

/** After an hour at 140/s with ten replicas: what one is worth is known. */
function experienced(scale: Partial<ScaleSpec> = {}): { now: number; memory: PolicyMemory } {
  let memory = FRESH_MEMORY;
  let now = START;
  for (; now < START + 3_600_000; now += 10_000)
    ({ memory } = decided({ now, rps: 140, forecast: {}, replicas: steady(10), memory, scale }));
  return { now, memory };
}

test('as many as the load that is expected needs, each worth what it was seen to be', () => {
  const trend = { kind: 'trend', rpsPerSecond: 4 } as const;
  const forecast = { expectedRps: 270, readyRps: 280, basis: trend };
  const { raw, reasons } = decided({ ...experienced(), rps: 140, forecast, replicas: steady(10) });
  assert.equal(raw, 20);
  assert.equal(
    reasons.map(renderReason)[0],
    '140 requests/s now, 280/s to be ready for in 31 s (it rises by 4/s each second), 14/s a replica: 20 replicas',
  );
});

test('where more is needed now than was foreseen, as many as the targets ask for', () => {
  const { raw } = decided({
    ...experienced(),
    rps: 210,
    forecast: { readyRps: 140 },
    replicas: steady(10),
  });
  assert.equal(raw, 15);
});

test('without a forecast it goes by the target, and says so', () => {
  const { raw, reasons } = decided({
    ...experienced(),
    rps: 210,
    forecast: null,
    replicas: steady(10),
  });
  assert.equal(raw, 15);
  assert.ok(reasons.some(({ kind }) => kind === 'young'));
});

test('with too little history for a season it says what it goes by', () => {
  const forecast = { historyMs: 40 * 60_000 };
  const { reasons } = decided({ ...experienced(), rps: 140, forecast, replicas: steady(10) });
  assert.ok(
    reasons
      .map(renderReason)
      .includes('only 40 min of history: no season yet, going by level and trend'),
  );
});

test('nothing goes down while the signals are silent, though the forecast would have it', () => {
  const forecast = { nowRps: 14, readyRps: 14, keepRps: 14 };
  const { raw, desired } = decided({
    ...experienced(),
    rps: 0,
    isSilent: true,
    forecast,
    replicas: steady(10),
  });
  assert.equal(raw, null);
  assert.equal(desired, 10);
});

test('a slow start does not multiply: the same forecast asks for the same count', () => {
  const forecast = { readyRps: 280, keepRps: 280 };
  const replicas = { ready: 10, starting: 10, desired: 20 };
  assert.equal(decided({ ...experienced(), rps: 140, forecast, replicas }).raw, 20);
});

test('a rollout, with twice as many ready for a moment, changes neither what one is worth nor the count', () => {
  let { now, memory } = experienced();
  for (let second = 0; second < 120; second++) {
    now += 1_000;
    const ready = second % 20 < 10 ? 20 : 10;
    const replicas = { ready, starting: 0, desired: 10 };
    const each = decided({ now, rps: 140, forecast: {}, replicas, memory });
    ({ memory } = each);
    assert.equal(each.desired, 10);
  }
});

test('asleep, it wakes for a season that is about to come, and does not fall asleep over it', () => {
  const scale = { min: 0 };
  const { now, memory } = experienced(scale);
  const idle = { ...memory, idleSince: now - DAY };
  const season = { kind: 'season', periodMs: DAY } as const;
  const ahead = { nowRps: 0, expectedRps: 50, readyRps: 56, keepRps: 56, basis: season };
  const woken = decided({ now, rps: 0, forecast: ahead, replicas: steady(0), memory: idle, scale });
  assert.equal(woken.desired, 4);
  const later = { now: now + 1_000, rps: 0, forecast: ahead, memory: woken.memory, scale };
  assert.equal(decided({ ...later, replicas: { ready: 0, starting: 4, desired: 4 } }).desired, 4);
});

test('a trickle once a day wakes nobody, and a service without a season falls asleep as ever', () => {
  const scale = { min: 0 };
  const { now, memory } = experienced(scale);
  const idle = { ...memory, idleSince: now - DAY };
  const season = { kind: 'season', periodMs: DAY } as const;
  const trickle = { nowRps: 0, expectedRps: 0.01, readyRps: 0.02, keepRps: 0.02, basis: season };
  const asleep = decided({
    now,
    rps: 0,
    forecast: trickle,
    replicas: steady(0),
    memory: idle,
    scale,
  });
  assert.equal(asleep.desired, 0);
  const kept = { nowRps: 0, expectedRps: 0, readyRps: 0, keepRps: 140 };
  assert.equal(
    decided({ now, rps: 0, forecast: kept, replicas: steady(3), memory: idle, scale }).desired,
    0,
  );
});

test('asleep, the reason tells how many there would be and not that they are there', () => {
  const scale = { min: 0 };
  const { now, memory } = experienced(scale);
  const forecast = { nowRps: 30, expectedRps: 30, readyRps: 30 };
  const idle = { ...memory, idleSince: now - DAY };
  const { desired, reasons } = decided({
    now,
    rps: 0,
    forecast,
    replicas: steady(0),
    memory: idle,
    scale,
  });
  assert.equal(desired, 0);
  assert.match(reasons.map(renderReason).join('; '), /: 3 replicas once a request wakes it/);
});

test('a day and a half is too little history for a season, three days are not', () => {
  const isYoung = (days: number): boolean => {
    const forecast = { historyMs: days * DAY };
    const { reasons } = decided({ ...experienced(), rps: 140, forecast, replicas: steady(10) });
    return reasons.some(({ kind }) => kind === 'young');
  };
  assert.deepEqual([isYoung(1.5), isYoung(3)], [true, false]);
});
