import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START } from '../../test/support/scaling.ts';
import type { Forecast } from './learned.ts';
import type { Plan, PlanInput } from './planned.ts';
import { isExpectedSoon, plan } from './planned.ts';

const HOUR = 3_600_000;

function forecast(nowRps: number, over: Partial<Forecast> = {}): Forecast {
  const load = { nowRps, expectedRps: nowRps, readyRps: nowRps, keepRps: nowRps };
  return { ...load, horizonMs: 31_000, basis: { kind: 'level' }, historyMs: HOUR, ...over };
}

/** An hour after the count became what it is. */
function planned(desired: number, load: Forecast, over: Partial<PlanInput> = {}): Plan {
  const replicas = { desired, ready: desired, starting: 0 };
  const input = { replicas, eachRps: 10, fullRps: 14, queued: 0, ...over };
  const before = plan({ ...input, now: START, forecast: load, memory: null });
  return plan({ ...input, now: START + HOUR, forecast: load, memory: before.memory });
}

test('up as soon as those there would be a tenth busier than wanted, a fifth where it is only foretold, as far as the forecast says', () => {
  assert.equal(planned(5, forecast(54)).count, 5);
  assert.equal(planned(5, forecast(56)).count, 6);
  assert.equal(planned(5, forecast(50, { readyRps: 59 })).count, 5);
  assert.equal(planned(5, forecast(50, { readyRps: 61 })).count, 7);
  assert.equal(planned(5, forecast(40, { readyRps: 81 })).count, 9);
});

test('no busier than they can be, whatever is wanted of them', () => {
  assert.equal(planned(10, forecast(98), { eachRps: 9.5, fullRps: 10 }).count, 11);
});

test('down to what is worth keeping, where that is worth a turn', () => {
  assert.equal(planned(20, forecast(100, { keepRps: 130 })).count, 13);
  assert.equal(planned(20, forecast(100, { keepRps: 190 })).count, 20);
  assert.deepEqual(planned(20, forecast(100, { keepRps: 190 })).reasons, [
    { kind: 'kept', rps: 190, replicas: 19 },
  ]);
});

test('what waits is worked off beside the load; what waits by chance is not', () => {
  assert.equal(planned(10, forecast(100), { queued: 60 }).count, 10);
  const { count, reasons } = planned(10, forecast(150), { queued: 500 });
  assert.ok(count > 15, `${count}`);
  assert.equal(reasons[0]?.kind, 'draining');
});

test('those that start are counted: the same queue does not order them again', () => {
  const queued = 500;
  const alone = planned(10, forecast(150), { queued }).count;
  const replicas = { desired: alone, ready: 10, starting: alone - 10 };
  assert.ok(planned(alone, forecast(150), { queued, replicas }).count <= alone * 1.1);
});

test('after two turns an hour it stays, and says for how long', () => {
  let memory: unknown = null;
  let desired = 10;
  const seen: string[] = [];
  for (let now = START; now < START + HOUR; now += 60_000) {
    const load = forecast(Math.floor(now / 300_000) % 2 === 0 ? 100 : 10);
    const replicas = { desired, ready: desired, starting: 0 };
    const each = plan({
      now,
      forecast: load,
      replicas,
      eachRps: 10,
      fullRps: 14,
      queued: 0,
      memory,
    });
    ({ memory } = each);
    desired = each.count;
    seen.push(...each.reasons.map(({ kind }) => kind));
  }
  assert.ok(seen.includes('turns'));
});

test('a load that is a fifth more than wanted is no noise', () => {
  assert.equal(planned(5, forecast(60)).count, 6);
});

test('three of twenty fewer are worth a turn while many are saved up; one turn alone is for a deep lull, or one that lasts', () => {
  const planned = (keepRps: number, left: number, minutes: number): Plan =>
    plan({
      now: START,
      forecast: forecast(50, { keepRps }),
      replicas: { desired: 20, ready: 20, starting: 0 },
      eachRps: 10,
      fullRps: 14,
      queued: 0,
      memory: {
        at: START,
        count: 20,
        left,
        isDown: false,
        upAt: START - minutes * 60_000,
        remainingMs: 0,
      },
    });
  assert.equal(planned(170, 6, 3).count, 17);
  const { count, reasons } = planned(120, 1, 3);
  assert.equal(count, 20);
  const [turns] = reasons;
  const minutes = turns?.kind === 'turns' ? turns.remainingMs / 60_000 : Number.NaN;
  assert.ok(minutes > 13 && minutes < 16, 'and it says in how many minutes it would be');
  assert.equal(planned(50, 1, 3).count, 5);
  assert.equal(planned(120, 1, 30).count, 12);
  assert.equal(planned(120, 1, 3 + minutes).count, 12);
});

test('half a second of work waits by chance; more than one is worked off, in some three seconds after the horizon', () => {
  const soon = { horizonMs: 1_000 };
  const waiting = (queued: number): Plan =>
    planned(10, forecast(100, soon), { fullRps: 10.5, queued });
  assert.deepEqual(waiting(40).reasons, []);
  assert.equal(waiting(120).reasons[0]?.kind, 'draining');
  const { count } = planned(10, forecast(100, soon), { queued: 500 });
  assert.ok(count > 21 && count < 30, `${count}`);
});

test('where what one is worth is a guess, what waits is worked off and nothing that might come to wait by that guess', () => {
  const asked = (isGuess: boolean): number =>
    planned(4, forecast(100), { eachRps: 1, fullRps: 1, queued: 32, isGuess }).count;
  assert.equal(asked(true), 110);
  assert.ok(asked(false) > 500, `${asked(false)}`);
});

test('nobody waits for an hour: of an overload that goes on what is given up meanwhile is not worked off', () => {
  const { count } = planned(10, forecast(1_000, { horizonMs: 300_000 }), { queued: 100 });
  assert.ok(count > 800 && count < 1_500, `${count}`);
});

test('some requests within the time to fall asleep are worth being awake for, if a season brings them', () => {
  const isSoon = (requests: number, basis: Forecast['basis']): boolean =>
    isExpectedSoon(forecast(0, { expectedRps: requests / 60, basis }), { sleepAfterMs: 60_000 });
  const season = { kind: 'season', periodMs: HOUR } as const;
  assert.deepEqual([isSoon(2, season), isSoon(5, season)], [false, true]);
  assert.equal(isSoon(500, { kind: 'trend', rpsPerSecond: 1 }), false);
});
