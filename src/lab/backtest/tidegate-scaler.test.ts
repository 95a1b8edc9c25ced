import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScaler } from './create-scaler.ts';
import { modelOf } from './model-of.ts';
import { replay } from './replay.ts';
import { scaleOf } from './tidegate-scale.ts';

const TRACE = { name: 'even', stepMs: 300_000, rps: Float64Array.of(200, 200) };
const MODEL = modelOf(200, []);

test('a tick that is longer than the interval, or no part of it, makes no load out of nothing', () => {
  const most = (tickMs: number, intervalMs: number): number => {
    const own = { ...scaleOf('predictive', null, MODEL, null), intervalMs };
    const context = { trace: TRACE, model: MODEL, tickMs };
    const scaler = createScaler('predictive', null, context, own);
    assert.equal(scaler.everyMs, Math.max(tickMs, intervalMs));
    return replay(TRACE, MODEL, scaler, { seed: 1, tickMs }).peakReplicas;
  };
  const usual = most(1_000, 1_000);
  assert.ok(usual >= 10 && usual < 20, `${usual}`);
  for (const [tickMs, intervalMs] of [
    [5_000, 1_000],
    [2_000, 3_000],
    [5_000, 6_000],
  ] as const) {
    const found = most(tickMs, intervalMs);
    assert.ok(Math.abs(found - usual) <= 2, `${tickMs}, ${intervalMs}: ${found}, not ${usual}`);
  }
});

test('those who give up while they wait do not keep the count from growing', () => {
  const rush = { name: 'rush', stepMs: 60_000, rps: Float64Array.of(20, ...Array(14).fill(800)) };
  const model = modelOf(800, []);
  const own = scaleOf('linear', null, model, null);
  const scaler = createScaler('linear', null, { trace: rush, model, tickMs: 1_000 }, own);
  const { peakReplicas } = replay(rush, model, scaler, { seed: 1 });
  assert.ok(peakReplicas >= 40, `${peakReplicas} where 800 a second need 40`);
});

test('in longer ticks a policy that counts who waits sees no more of them, and costs about the same', () => {
  const rps = Float64Array.from({ length: 24 }, (_, step) => 300 + 200 * Math.sin(step / 4));
  const day = { name: 'day', stepMs: 300_000, rps };
  const model = modelOf(500, []);
  const own = scaleOf('target', null, model, null);
  const [one = 0, two = 0, five = 0] = [1_000, 2_000, 5_000].map((tickMs) => {
    const scaler = createScaler('target', null, { trace: day, model, tickMs }, own);
    return replay(day, model, scaler, { seed: 1, tickMs }).replicaSeconds;
  });
  for (const cost of [two, five]) assert.ok(Math.abs(cost / one - 1) < 0.05, `${cost}, not ${one}`);
});
