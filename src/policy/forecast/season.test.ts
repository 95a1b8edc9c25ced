import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { SeasonForecast, Seasons } from './season.ts';
import { createSeasons } from './season.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight, a Monday. */
const START = 20_000 * DAY - 6 * DAY;

test('a sharp daily peak is met before it comes, on the fourth day, and not held all day', () => {
  const seasons = createSeasons();
  const load = (at: number) => (inDay(at, 9 * HOUR, 9.5 * HOUR) ? 200 : 20);
  feed(seasons, START, START + 3 * DAY + 8.5 * HOUR, MINUTE, load);
  assert.ok(ready(seasons, START + 3 * DAY + 8.5 * HOUR) < 25, 'half an hour before');
  assert.ok(keep(seasons, START + 3 * DAY + 8.5 * HOUR) > 180, 'kept for what comes');
  const before = START + 3 * DAY + 9 * HOUR - 40 * SECOND;
  feed(seasons, START + 3 * DAY + 8.5 * HOUR, before, SECOND, load);
  const forecast = seasons.read(before, 45 * SECOND, MINUTE)!;
  assert.equal(forecast.periodMs, DAY);
  assert.ok(forecast.expectedRps > 180 && forecast.expectedRps < 220, `${forecast.expectedRps}`);
  assert.ok(forecast.strength > 0.5, `${forecast.strength}`);
  const after = START + 3 * DAY + 10 * HOUR;
  feed(seasons, before, after, 10 * SECOND, load);
  assert.ok(ready(seasons, after) < 30, `${ready(seasons, after)} when it is over`);
});

test('a peak that comes some minutes early or late is still met', () => {
  const seasons = createSeasons();
  const lateMs = [0, 3, -2, 4, -3].map((minutes) => minutes * MINUTE);
  const load = (at: number) => {
    const late = lateMs[Math.floor((at - START) / DAY)]!;
    return inDay(at - late, 9 * HOUR, 9.5 * HOUR) ? 200 : 20;
  };
  const before = START + 4 * DAY + 9 * HOUR - 4 * MINUTE;
  feed(seasons, START, before, MINUTE, load);
  assert.ok(ready(seasons, before) > 180, `${ready(seasons, before)}`);
});

test('two full periods are needed', () => {
  const seasons = createSeasons();
  const load = (at: number) => (inDay(at, 9 * HOUR, 10 * HOUR) ? 200 : 20);
  feed(seasons, START, START + 2 * DAY - HOUR, MINUTE, load);
  assert.equal(seasons.read(START + 2 * DAY - HOUR, MINUTE, HOUR), null);
});

test('load that is steady, or noise alone, has no season', () => {
  for (const noise of [0, 0.3]) {
    const seasons = createSeasons();
    const load = (at: number) => 100 * (1 + noise * noiseAt(at));
    feed(seasons, START, START + 5 * DAY, MINUTE, load);
    feed(seasons, START + 5 * DAY, START + 5 * DAY + 2 * HOUR, SECOND, load);
    assert.equal(seasons.read(START + 5 * DAY + 2 * HOUR, MINUTE, HOUR), null, `noise ${noise}`);
  }
});

test('a week is told from a day: the weekend is quiet, Monday is not', () => {
  const seasons = createSeasons();
  const load = (at: number) => (isWeekend(at) ? 20 : working(at));
  const saturday = START + 3 * 7 * DAY + 5 * DAY + 9 * HOUR;
  feed(seasons, START, saturday, 5 * MINUTE, load);
  assert.ok(ready(seasons, saturday) < 40, `${ready(seasons, saturday)} on Saturday`);
  const monday = START + 4 * 7 * DAY + 9 * HOUR - MINUTE;
  feed(seasons, saturday, monday, 5 * MINUTE, load);
  const forecast = seasons.read(monday, 2 * MINUTE, HOUR)!;
  assert.equal(forecast.periodMs, 7 * DAY);
  assert.ok(forecast.readyRps > 180, `${forecast.readyRps} on Monday`);
});

test('one spike is not remembered', () => {
  const seasons = createSeasons();
  const spikeAt = START + 4 * DAY + 15 * HOUR;
  const load = (at: number) =>
    at > spikeAt && at <= spikeAt + HOUR ? 5000 : working(at) * (1 + 0.05 * noiseAt(at));
  for (const days of [1, 2, 3]) {
    const now = spikeAt + days * DAY - MINUTE;
    feed(seasons, days === 1 ? START : now - DAY, now, MINUTE, load);
    const forecast = seasons.read(now, 10 * MINUTE, 2 * HOUR);
    assert.ok((forecast?.keepRps ?? 0) < 400, `${forecast?.keepRps} ${days} days later`);
  }
});

test('a holiday and an outage do not change what is expected a week later', () => {
  const seasons = createSeasons();
  const holiday = START + 14 * DAY;
  const outage = START + 15 * DAY + 11 * HOUR;
  const load = (at: number) => {
    if (at > outage && at <= outage + 3 * HOUR) return 0;
    return isWeekend(at) || (at >= holiday && at < holiday + DAY) ? 20 : working(at);
  };
  const monday = START + 21 * DAY + 9 * HOUR - MINUTE;
  feed(seasons, START, monday, 5 * MINUTE, load);
  assert.ok(ready(seasons, monday) > 180, `${ready(seasons, monday)} on Monday`);
  const tuesday = START + 22 * DAY + 12 * HOUR;
  feed(seasons, monday, tuesday, 5 * MINUTE, load);
  const forecast = seasons.read(tuesday, MINUTE, HOUR)!;
  assert.ok(forecast.readyRps > 180 && forecast.readyRps < 300, `${forecast.readyRps} on Tuesday`);
});

test('growth and decline carry over', () => {
  for (const [perDay, lowest, highest] of [
    [1.15, 0.85, 1.3],
    [0.85, 0.9, 1.5],
  ] as const) {
    const seasons = createSeasons();
    const load = (at: number) => working(at) * perDay ** ((at - START) / DAY);
    const now = START + 6 * DAY + 9 * HOUR - MINUTE;
    feed(seasons, START, now, 5 * MINUTE, load);
    const share = ready(seasons, now) / load(now + 2 * MINUTE);
    assert.ok(share > lowest && share < highest, `${share} of what comes at ${perDay} a day`);
  }
});

test('a season that stops holding is forgotten within about a period', () => {
  const seasons = createSeasons();
  const stop = START + 6 * DAY;
  const load = (at: number) => (at < stop && inDay(at, 9 * HOUR, 11 * HOUR) ? 200 : 20);
  feed(seasons, START, stop + 8 * HOUR, MINUTE, load);
  assert.notEqual(seasons.read(stop + 8 * HOUR, MINUTE, HOUR), null);
  feed(seasons, stop + 8 * HOUR, stop + 1.3 * DAY, MINUTE, load);
  assert.equal(seasons.read(stop + 1.3 * DAY, MINUTE, HOUR), null);
});

for (const everyMs of [5 * MINUTE, 15 * MINUTE, HOUR]) {
  test(`a timer every ${everyMs / MINUTE} min is found and met before it fires, and forgotten when it stops`, () => {
    const seasons = createSeasons();
    const found = START + Math.max(HOUR, 6 * everyMs);
    const stop = found + 2 * everyMs;
    const load = (at: number) => {
      const isOn = at < stop && (at - 100 * SECOND) % everyMs < MINUTE;
      return (isOn ? 150 : 5) * (1 + 0.1 * noiseAt(at));
    };
    const before = found + 100 * SECOND - 25 * SECOND;
    feed(seasons, START, before, SECOND, load);
    const forecast = seasons.read(before, 31 * SECOND, 60 * SECOND)!;
    assert.ok(Math.abs(forecast.periodMs - everyMs) < 0.01 * everyMs, `${forecast.periodMs}`);
    assert.ok(forecast.readyRps > 130 && forecast.readyRps < 250, `${forecast.readyRps}`);
    const between = found + everyMs / 2 + 100 * SECOND;
    feed(seasons, before, between, SECOND, load);
    assert.ok(ready(seasons, between) < 20, `${ready(seasons, between)} between`);
    const over = stop + 2.5 * everyMs;
    feed(seasons, between, over, SECOND, load);
    assert.equal(seasons.read(over, MINUTE, MINUTE), null);
  });
}

test('beside a timer every five minutes the day is met, and the timer is not held all day', () => {
  const seasons = createSeasons();
  const load = (at: number) => working(at) + (at % (5 * MINUTE) < MINUTE ? 400 : 0);
  const end = START + 4 * DAY;
  feed(seasons, START, end, 20 * SECOND, load);
  const night = end + 4 * HOUR + 2.5 * MINUTE;
  feed(seasons, end, night, 5 * SECOND, load);
  assert.ok(ready(seasons, night) < 150, `${ready(seasons, night)} between two at night`);
  assert.ok(ready(seasons, night + 1.5 * MINUTE) > 350, 'the next one');
  const before = end + 9 * HOUR - 2.5 * MINUTE;
  feed(seasons, night, before, 5 * SECOND, load);
  assert.ok(ready(seasons, before) > 190, `${ready(seasons, before)} before nine`);
});

test('a timer that drifts is followed', () => {
  const seasons = createSeasons();
  const everyMs = 307 * SECOND;
  const load = (at: number) => ((at - START) % everyMs < MINUTE ? 150 : 5);
  const now = START + 24 * everyMs - 25 * SECOND;
  feed(seasons, START, now, SECOND, load);
  assert.ok(ready(seasons, now) > 130, `${ready(seasons, now)}`);
});

test('means of a minute, then of ten seconds, then each second, with hours missing, make one history', () => {
  const seasons = createSeasons();
  const at = (days: number) => START + days * DAY;
  feed(seasons, at(0), at(2.4), MINUTE, working);
  feed(seasons, at(2.4), at(2.6), MINUTE, () => null);
  feed(seasons, at(3.5), at(4.3), MINUTE, working);
  feed(seasons, at(4.3), at(4.37), 10 * SECOND, working);
  const now = at(4) + 9 * HOUR - 30 * SECOND;
  feed(seasons, at(4.37), now, SECOND, working);
  assert.ok(ready(seasons, now) > 180, `${ready(seasons, now)}`);
});

test('a clock that is set back costs what lay after, and nothing else', () => {
  const seasons = createSeasons();
  const now = START + 4 * DAY + 9 * HOUR - MINUTE;
  feed(seasons, START, now + 2 * HOUR, MINUTE, (at) => (at > now ? 9000 : working(at)));
  feed(seasons, now - HOUR, now, MINUTE, working);
  const forecast = seasons.read(now, 2 * MINUTE, 3 * HOUR)!;
  assert.ok(forecast.readyRps > 180 && forecast.keepRps < 300, JSON.stringify(forecast));
});

test('whatever is observed, a forecast is a number, in order, and within bounds of what was seen', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 90, max: 2000 }),
      fc.array(fc.oneof(rate, rate, fc.constant(0), odd), { minLength: 2, maxLength: 40 }),
      fc.array(
        fc.record({ atStep: fc.nat(1500), jumpMs: fc.integer({ min: -HOUR, max: 2 * HOUR }) }),
        { maxLength: 3 },
      ),
      (everySeconds, shape, jumps) => {
        const seasons = createSeasons();
        let at = START;
        let highest = 0;
        for (let step = 0; step < 1500; step++) {
          at += 10 * SECOND + (jumps.find((jump) => jump.atStep === step)?.jumpMs ?? 0);
          const part = ((at / SECOND) % everySeconds) / everySeconds;
          const rps = shape[Math.floor(part * shape.length)]!;
          seasons.observe(at, rps);
          if (rps !== null && rps <= 1e12) highest = Math.max(highest, rps);
          if (step % 10 !== 0) continue;
          const forecast = seasons.read(at, 31 * SECOND, 10 * MINUTE);
          if (!forecast) continue;
          const { expectedRps, readyRps, keepRps, strength, historyMs } = forecast;
          assert.ok(expectedRps >= 0 && readyRps >= expectedRps && keepRps >= readyRps);
          assert.ok(keepRps <= 2 * highest * 1.000_001 + 1e-30, `${keepRps} of ${highest}`);
          assert.ok(strength > 0 && strength <= 1 && historyMs > 0 && Number.isFinite(historyMs));
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('ten times the load has ten times the forecast', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 1200 }),
      fc.integer({ min: 1, max: 7 }),
      fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
      (everySeconds, partOn, factor) => {
        const load = (at: number) =>
          (((at / SECOND) % everySeconds) * 8 < partOn * everySeconds ? 100 : 10) *
          (1 + 0.1 * noiseAt(at));
        const [one, many] = [1, factor].map((times) => {
          const seasons = createSeasons();
          const now = START + 2 * HOUR;
          feed(seasons, START, now, 10 * SECOND, (at) => times * load(at));
          return seasons.read(now, MINUTE, HOUR);
        }) as [SeasonForecast | null, SeasonForecast | null];
        assert.equal(many?.periodMs, one?.periodMs);
        if (!one || !many) return;
        assert.ok(Math.abs(many.readyRps / factor - one.readyRps) < 0.001 * one.readyRps);
        assert.ok(Math.abs(many.keepRps / factor - one.keepRps) < 0.001 * one.keepRps);
      },
    ),
    { numRuns: 20 },
  );
});

// Private

const rate = fc.double({ min: 0, max: 1e6, noNaN: true });

const odd = fc.constantFrom(null, Number.NaN, Infinity, -5, 1e300, Number.MIN_VALUE);

function feed(
  seasons: Seasons,
  from: number,
  to: number,
  stepMs: number,
  load: (at: number) => number | null,
): void {
  const askedEveryMs = Math.max(15 * MINUTE, 24 * stepMs);
  for (let at = from + stepMs; at <= to; at += stepMs) {
    seasons.observe(at, load(at - 1));
    if (at % askedEveryMs < stepMs) seasons.read(at, MINUTE, MINUTE);
  }
}

function ready(seasons: Seasons, now: number): number {
  return seasons.read(now, MINUTE, MINUTE)?.readyRps ?? 0;
}

function keep(seasons: Seasons, now: number): number {
  return seasons.read(now, MINUTE, HOUR)?.keepRps ?? 0;
}

/** Busy from nine to five. */
function working(at: number): number {
  return inDay(at, 9 * HOUR, 17 * HOUR) ? 200 : 20;
}

function inDay(at: number, from: number, to: number): boolean {
  const time = (at - START) % DAY;
  return time >= from && time < to;
}

function isWeekend(at: number): boolean {
  return (at - START) % (7 * DAY) >= 5 * DAY;
}

/** -1..1, the same at the same moment. */
function noiseAt(at: number): number {
  const x = Math.sin(at / 1000) * 43_758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}
