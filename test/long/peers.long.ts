/**
 * The peers against another model of the same services, written by others: a fluid queue in order, ticks of 2 s, starts of
 * 30 s exactly, rates that hold for each step, one second of waiting as the SLO. Ours is the same but for chance: it draws
 * arrivals and service times.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { BaselineName } from '../../src/lab/backtest/baselines/baselines.ts';
import { BASELINES } from '../../src/lab/backtest/baselines/baselines.ts';
import { modelOf } from '../../src/lab/backtest/model-of.ts';
import { replay } from '../../src/lab/backtest/replay.ts';
import type { ServiceModel } from '../../src/lab/backtest/service-model.ts';
import { SHIPPED_TRACES, shippedPath } from '../../src/lab/backtest/shipped-traces.ts';
import type { Trace } from '../../src/lab/backtest/trace.ts';
import { readTraceFile } from '../../src/lab/backtest/trace-reader.ts';

const REACTIVE = ['hpa', 'keda', 'aws'] as const satisfies BaselineName[];

/** What the other model found to be the cost at 1 % violations on two weeks of the World Cup. */
const WORLD_CUP = { hpa: 0.9, keda: 0.9, kpa: 0.89, aws: 0.94, static: 6.74 } as const;

interface Load {
  readonly trace: Trace;
  readonly multiply: number;
  readonly model: ServiceModel;
}

interface Outcome {
  readonly violations: number;
  readonly cost: number;
}

const loads = new Map<string, Load>();

before(async () => {
  for (const shipped of SHIPPED_TRACES) {
    const { name, multiply } = shipped;
    const { trace } = await readTraceFile(shippedPath(shipped), name);
    const peakRps = multiply * trace.rps.reduce((most, rps) => Math.max(most, rps), 0);
    const model = modelOf(peakRps, [{ startup: { cv: 0 } }]);
    loads.set(name, { trace, multiply, model });
  }
});

test('on the World Cup every peer costs what the other model says, to 15 %', (t) => {
  for (const [name, theirs] of Object.entries(WORLD_CUP) as [keyof typeof WORLD_CUP, number][]) {
    const sweep = BASELINES[name].sweep.filter((setting) => setting >= 0.8 && setting < 1.1);
    const reached = outcomes('worldcup', name, sweep).filter(
      ({ violations }) => violations <= 0.01,
    );
    const ours = Math.min(...reached.map(({ cost }) => cost));
    t.diagnostic(`${name}: C(1 %) ${ours.toFixed(2)}, theirs ${theirs}`);
    assert.ok(Math.abs(ours / theirs - 1) <= 0.15, `${name}: ${ours}`);
  }
});

test('on the load balancer no reactive peer reaches 1 %, the best comes to 2 or 3', (t) => {
  const best = most('elb', [...REACTIVE, 'kpa']);
  t.diagnostic(told(best));
  const least = Math.min(...Object.values(best).map(({ violations }) => violations));
  assert.ok(least > 0.015 && least < 0.035, 'theirs is 2.5 %');
});

for (const name of ['llm', 'aapl']) {
  test(`on ${name} only Knative reaches 1 %`, (t) => {
    const best = most(name, [...REACTIVE, 'kpa']);
    t.diagnostic(told(best));
    for (const peer of REACTIVE) assert.ok((best[peer]?.violations ?? 0) > 0.01, peer);
    assert.ok((best['kpa']?.violations ?? 1) <= 0.01);
  });
}

/** Each at the setting of its sweep that keeps most free. */
function most(trace: string, peers: readonly BaselineName[]): Record<string, Outcome> {
  const found = peers.map((peer) => [peer, ...outcomes(trace, peer, [0.3])] as const);
  return Object.fromEntries(found.map(([peer, outcome]) => [peer, outcome as Outcome]));
}

function told(best: Record<string, Outcome>): string {
  const each = Object.entries(best).map(
    ([peer, { violations, cost }]) =>
      `${peer} ${(100 * violations).toFixed(2)} % at ${cost.toFixed(2)}`,
  );
  return each.join(', ');
}

function outcomes(trace: string, peer: BaselineName, settings: readonly number[]): Outcome[] {
  const reference = run(trace, 'clairvoyant', BASELINES.clairvoyant.default).replicaSeconds;
  return settings.map((setting) => {
    const { violations, requests, replicaSeconds } = run(trace, peer, setting);
    return { violations: violations / requests, cost: replicaSeconds / reference };
  });
}

function run(trace: string, peer: BaselineName, setting: number): ReturnType<typeof replay> {
  const load = loads.get(trace);
  assert.ok(load);
  const how = { multiply: load.multiply, hold: true, tickMs: 2_000 };
  const scaler = BASELINES[peer].create(setting, { ...load, ...how });
  return replay(load.trace, load.model, scaler, { ...how, seed: 1 });
}
