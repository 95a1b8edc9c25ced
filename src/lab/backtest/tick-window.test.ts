import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueOrNull } from '../../signals/reading.ts';
import type { Signals } from '../../signals/snapshot.ts';
import { addLatency, createHistogram } from '../../signals/histogram.ts';
import { createSeries } from '../../signals/series.ts';
import { SCALE } from '../../../test/support/scaling.ts';
import { replay } from './replay.ts';
import type { Scaler, View } from './scaler.ts';
import type { ServiceModel } from './service-model.ts';
import { createTickHistory } from './tick-history.ts';
import { createTickWindow } from './tick-window.ts';

const MODEL: ServiceModel = {
  serviceMs: 50,
  serviceCv: 0.5,
  concurrency: 2,
  startup: { medianMs: 10_000, cv: 0.25 },
  drainMs: 1_000,
  timeoutMs: 10_000,
  sloMs: 1_000,
  min: 1,
  max: 100,
};

const TRACE = {
  name: 'wave',
  stepMs: 60_000,
  rps: Float64Array.of(0, 0, 5, 200, 200, 700, 300, 2),
};

/** The latencies of a tick as a log of them would have it, each quantile as often as the others. */
function logged({ latencies }: View) {
  const histogram = createHistogram();
  for (let quantile = 0.5; quantile < 50; quantile++) {
    const latencyMs = latencies.percentileMs(quantile / 50);
    if (latencyMs !== null) addLatency(histogram, latencyMs, latencies.total / 50);
  }
  return histogram;
}

function differences(signals: Signals, expected: Signals, names: readonly (keyof Signals)[]) {
  return names.flatMap((name) => {
    const [is, should] = [valueOrNull(signals[name]), valueOrNull(expected[name])];
    if (signals[name].kind !== expected[name].kind && (is === null) !== (should === null)) {
      return [`${name} is ${signals[name].kind}, not ${expected[name].kind}`];
    }
    const off = Math.abs((is ?? 0) - (should ?? 0));
    const most = name.startsWith('latency')
      ? 5 + 0.12 * (should ?? 0)
      : 0.02 + 0.08 * (should ?? 0);
    return off <= most ? [] : [`${name} is ${is}, not ${should}`];
  });
}

test('windows of ticks say what the series of the live service says of the same samples', () => {
  const series = createSeries({ scale: SCALE, resources: { cpu: 1, memoryBytes: null } });
  const history = createTickHistory(11);
  const windows = {
    stable: createTickWindow(history, 10, 1_000, true),
    burst: createTickWindow(history, 3, 1_000, true),
  };
  const wrong: string[] = [];
  let compared = 0;
  let given = 0;
  const scaler: Scaler = {
    everyMs: 1_000,
    observe(view) {
      history.add(view);
      windows.stable.moveOn();
      windows.burst.moveOn();
      series.add({
        at: view.now,
        spanMs: 1_000,
        traffic: {
          requests: view.arrivals,
          errors: view.timedOut,
          unplaced: view.timedOut,
          answered: view.finished,
          inFlight: view.inFlight,
          queued: view.queued,
          latency: logged(view),
        },
        usage: {
          replicas: Array.from({ length: view.ready }, (_, index) => ({
            id: `${index}`,
            cpuCores: view.utilization,
            memoryBytes: 1,
            eventLoop: null,
          })),
        },
        backlog: null,
      });
    },
    decide(view) {
      const snapshot = series.snapshot(view.now);
      const names = ['rps', 'queued', 'concurrency', 'errors', 'cpu'] as const;
      // Percentiles of a hundred requests or so differ by chance alone.
      const some =
        (valueOrNull(snapshot.burst.rps) ?? 0) > 150
          ? (['latencyP50Ms', 'latencyP95Ms'] as const)
          : [];
      // Of nobody, subtraction leaves a little here.
      if ((valueOrNull(snapshot.stable.errors) ?? 0) > 1e-6) {
        const { servedErrors = null } = snapshot;
        if (servedErrors !== null) given++;
        if (windows.stable.servedErrors() !== servedErrors)
          wrong.push(`${view.now}: errors of those served are not ${servedErrors}`);
      }
      for (const window of ['stable', 'burst'] as const) {
        for (const each of differences(windows[window].signals, snapshot[window], [
          ...names,
          ...some,
        ])) {
          wrong.push(`${(view.now / 1_000) % 1_000} s, ${window}: ${each}`);
        }
        compared++;
      }
      return 6;
    },
  };
  replay(TRACE, MODEL, scaler, { seed: 1 });
  assert.equal(compared, 2 * 8 * 60);
  assert.ok(given > 60, `some were given up in ${given} seconds`);
  assert.ok(wrong.length < 0.01 * compared, wrong.slice(0, 20).join('\n'));
});

test('percentiles that nobody asked for in between are those of the window all the same', () => {
  const history = createTickHistory(11);
  const often = createTickWindow(history, 10, 1_000, true);
  const seldom = createTickWindow(history, 10, 1_000, true);
  replay(
    TRACE,
    MODEL,
    {
      everyMs: 7_000,
      observe(view) {
        history.add(view);
        often.moveOn();
        seldom.moveOn();
        valueOrNull(often.signals.latencyP95Ms);
      },
      decide() {
        const [one, other] = [often, seldom].map(({ signals }) =>
          valueOrNull(signals.latencyP95Ms),
        );
        assert.ok(Math.abs((one ?? 0) - (other ?? 0)) < 1e-3);
        return 6;
      },
    },
    { seed: 1 },
  );
});

test('nothing is known of a processor that is not what limits the service', () => {
  const window = createTickWindow(createTickHistory(2), 1, 1_000, false);
  assert.equal(window.signals.cpu.kind, 'not-applicable');
});
