import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChance } from '../../lab/backtest/chance.ts';
import { poisson } from '../../lab/backtest/poisson.ts';
import { createLevel } from './level.ts';
import { createRateHistory } from './rate-history.ts';
import type { Rise } from './trend.ts';
import { createTrend } from './trend.ts';

/** The rise that was foretold at each second. */
function rises(seconds: number, rpsAt: (second: number) => number, horizonMs = 30_000): Rise[] {
  const history = createRateHistory(1_000, 128);
  const level = createLevel(history, 1_000);
  const trend = createTrend(history, 1_000);
  return Array.from({ length: seconds }, (_, second) => {
    history.observe(second * 1_000, rpsAt(second));
    trend.observe(second * 1_000, level(), horizonMs);
    return { ...trend.rise };
  });
}

test('a load that is steady is not expected to rise, nor one that falls', () => {
  assert.ok(rises(300, () => 100).every(({ rpsPerSecond }) => rpsPerSecond === 0));
  assert.ok(rises(200, (second) => 400 - second).every(({ rpsPerSecond }) => rpsPerSecond === 0));
});

test('a spike that grows by 20/s each second is met where it will be when a replica is there', () => {
  const all = rises(200, (second) => 100 + Math.max(0, second - 120) * 20);
  const soon = all[130] as Rise;
  assert.ok(soon.expectedRps > 500 && soon.expectedRps < 1_100, JSON.stringify(soon));
  assert.ok((all[160] as Rise).expectedRps > 1_300, JSON.stringify(all[160]));
});

test('what goes up and down every few seconds is soon not taken for a trend', () => {
  const all = rises(900, (second) => (Math.floor(second / 5) % 2 === 0 ? 200 : 400));
  const late = Math.max(...all.slice(600).map(({ expectedRps }) => expectedRps));
  const early = Math.max(...all.slice(20, 60).map(({ expectedRps }) => expectedRps));
  assert.ok(late < 520 && early > late, `${early}, then ${late}`);
});

test('a step is no trend: no more than about as much again is expected while it might be one', () => {
  const all = rises(200, (second) => (second < 120 ? 3 : 60));
  const most = Math.max(...all.map(({ expectedRps }) => expectedRps));
  assert.ok(most < 140, `${most}`);
  assert.equal(all.at(-1)?.expectedRps, 60);
});

test('of random arrivals hardly a second in a hundred looks like a trend', () => {
  const chance = createChance(1, 1);
  const all = rises(7_200, () => poisson(100, chance));
  const rising = all.filter(({ rpsPerSecond }) => rpsPerSecond > 0).length;
  assert.ok(rising < 72, `${rising} of 7200 seconds`);
});

test('where trends were seen to go on, a step adds a few times what there is and no more', () => {
  const ramp = (second: number): number => 100 + Math.min(second, 1_200) * 20;
  const all = rises(1_420, (second) => ramp(second) * (second < 1_400 ? 1 : 10), 120_000);
  const times =
    Math.max(...all.slice(1_400).map(({ expectedRps }) => expectedRps)) / ramp(1_400) / 10;
  assert.ok(times > 3 && times < 8, `${times} times what came`);
});
