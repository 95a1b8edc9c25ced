import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { addLatency, createHistogram } from './histogram.ts';
import { missing, NOT_APPLICABLE, reading, UNSET, valueOrNull } from './reading.ts';
import type { ReplicaUsage, Sample, TrafficSample } from './sample.ts';
import type { MeasuredService } from './series.ts';
import { createSeries } from './series.ts';

const SERVICE: MeasuredService = {
  scale: { intervalMs: 1_000, windowMs: 10_000, burst: { windowMs: 3_000 } },
  resources: { cpu: null, memoryBytes: null },
};

function traffic(requests: number, over: Partial<TrafficSample> & { latencyMs?: number } = {}) {
  const latency = createHistogram();
  if (requests > 0) addLatency(latency, over.latencyMs ?? 10, requests);
  return { requests, errors: 0, inFlight: 0, queued: 0, latency, ...over } satisfies TrafficSample;
}

function replica(over: Partial<ReplicaUsage> = {}): ReplicaUsage {
  return { id: 'api-1', cpuCores: 0.5, memoryBytes: 100, eventLoop: null, ...over };
}

function sample(second: number, over: Partial<Sample> = {}): Sample {
  return {
    at: second * 1_000,
    spanMs: 1_000,
    traffic: traffic(0),
    usage: { replicas: [replica()] },
    backlog: null,
    ...over,
  };
}

/** The series after these samples, one a second from second 1 on, and when the last one was. */
function after(samples: readonly Partial<Sample>[], service = SERVICE, hasBacklog = false) {
  const series = createSeries(service, hasBacklog);
  samples.forEach((over, index) => series.add(sample(index + 1, over)));
  return { series, now: samples.length * 1_000 };
}

function stableAfter(samples: readonly Partial<Sample>[], service = SERVICE, hasBacklog = false) {
  const { series, now } = after(samples, service, hasBacklog);
  return series.snapshot(now).stable;
}

function repeat<T>(times: number, item: T): T[] {
  return Array.from({ length: times }, () => item);
}

test('without requests the rate, concurrency and queue are a true zero, and latency and errors not applicable', () => {
  const signals = stableAfter(repeat(10, {}));
  assert.deepEqual(signals.rps, reading(0));
  assert.deepEqual(signals.concurrency, reading(0));
  assert.deepEqual(signals.queued, reading(0));
  assert.deepEqual(signals.latencyP95Ms, NOT_APPLICABLE);
  assert.deepEqual(signals.errors, NOT_APPLICABLE);
});

test('before the first sample everything is missing, never zero', () => {
  const { stable, burst } = createSeries(SERVICE).snapshot(5_000);
  for (const signals of [stable, burst]) {
    for (const name of ['cpu', 'latencyP95Ms', 'rps', 'concurrency', 'queued', 'errors'] as const) {
      assert.deepEqual(signals[name], missing(null), name);
    }
  }
});

test('a source is believed for three intervals of silence and is missing after them', () => {
  const { series } = after([...repeat(10, { traffic: traffic(50) }), { traffic: null }]);
  assert.deepEqual(series.snapshot(13_000).stable.rps, reading(50));
  assert.deepEqual(series.snapshot(13_001).stable.rps, missing(3_001));
  assert.deepEqual(series.snapshot(13_001).burst.latencyP95Ms, missing(3_001));
  assert.equal(series.snapshot(13_001).stable.cpu.kind, 'value', 'the other source goes on');
});

test('a source that is back after a silence is a value again', () => {
  const silence = repeat(8, { traffic: null });
  const signals = stableAfter([
    ...repeat(10, { traffic: traffic(50) }),
    ...silence,
    { traffic: traffic(30) },
  ]);
  assert.deepEqual(signals.rps, reading(40));
});

test('a young series averages over what it has', () => {
  const signals = stableAfter(repeat(2, { traffic: traffic(30) }));
  assert.deepEqual(signals.rps, reading(30));
});

test('the rate is of what came: while many wait, what was answered is what replicas can do', () => {
  const signals = stableAfter(repeat(10, { traffic: traffic(20, { came: 50, queued: 9 }) }));
  assert.deepEqual(signals.rps, reading(50));
  const odd = stableAfter([
    { traffic: traffic(20, { came: 20 }) },
    { traffic: traffic(20, { came: -1 }) },
  ]);
  assert.deepEqual(odd.rps, reading(20), 'a number that no working source gives is silence');
});

test('the rate is taken over the time its counters cover, however late the samples came', () => {
  const series = createSeries(SERVICE);
  series.add(sample(1, { traffic: traffic(100), spanMs: 1_000 }));
  series.add(sample(4, { traffic: traffic(300), spanMs: 3_000 }));
  assert.deepEqual(series.snapshot(4_000).stable.rps, reading(100));
});

test('the burst window sees a step before the stable one', () => {
  const { series, now } = after([
    ...repeat(10, { traffic: traffic(10) }),
    ...repeat(3, { traffic: traffic(100) }),
  ]);
  const { stable, burst } = series.snapshot(now);
  assert.deepEqual(burst.rps, reading(100));
  assert.deepEqual(stable.rps, reading(37));
});

test('errors are the fraction of the requests of the window', () => {
  const signals = stableAfter([
    ...repeat(5, { traffic: traffic(0) }),
    { traffic: traffic(90, { errors: 0 }) },
    { traffic: traffic(10, { errors: 5 }) },
  ]);
  assert.deepEqual(signals.errors, reading(0.05));
});

test('percentiles are those of all requests of the window, not means of means', () => {
  const signals = stableAfter([
    ...repeat(9, { traffic: traffic(100, { latencyMs: 10 }) }),
    { traffic: traffic(100, { latencyMs: 500 }) },
  ]);
  const p50 = valueOrNull(signals.latencyP50Ms) as number;
  const p95 = valueOrNull(signals.latencyP95Ms) as number;
  assert.ok(Math.abs(p50 - 10) < 0.2, `p50 ${p50}`);
  assert.ok(Math.abs(p95 - 500) < 8, `p95 ${p95}`);
});

test('a percentile of a handful of requests is shown and not acted on: one slow request would be the whole of it', () => {
  const { latencyP95Ms, latencyP99Ms } = stableAfter([
    { traffic: traffic(2) },
    { traffic: traffic(1, { latencyMs: 3_800 }) },
  ]);
  for (const each of [latencyP95Ms, latencyP99Ms]) {
    assert.equal(each.kind === 'not-applicable' && each.few?.requests, 3);
    assert.ok(Math.abs((valueOrNull(each) as number) - 3_800) < 60, 'status still shows it');
  }
  const of = (requests: number) => stableAfter([{ traffic: traffic(requests) }]);
  assert.equal(of(19).latencyP95Ms.kind, 'not-applicable');
  assert.equal(of(20).latencyP95Ms.kind, 'value');
  assert.equal(of(99).latencyP99Ms.kind, 'not-applicable');
  assert.equal(of(100).latencyP99Ms.kind, 'value');
});

test('one slow request among the fewest that count does not move a p95', () => {
  const { latencyP95Ms } = stableAfter([
    { traffic: traffic(19) },
    { traffic: traffic(1, { latencyMs: 3_800 }) },
  ]);
  assert.equal(latencyP95Ms.kind, 'value');
  assert.ok((valueOrNull(latencyP95Ms) as number) < 11);
});

test('requests that end without one logged latency are a broken log stream: missing', () => {
  const unlogged = (requests: number, inFlight: number) =>
    stableAfter([{ traffic: { ...traffic(requests, { inFlight }), latency: createHistogram() } }])
      .latencyP95Ms;
  assert.deepEqual(unlogged(25, 0), missing(null));
  assert.deepEqual(unlogged(25, 25), NOT_APPLICABLE, 'they have not ended yet');
  assert.deepEqual(unlogged(3, 0), NOT_APPLICABLE, 'their lines may still be under way');
});

test('cpu is the mean of the replicas that have a value, in units of resources.cpu', () => {
  const usage = {
    replicas: [replica({ cpuCores: 0.4 }), replica({ cpuCores: 0.8 }), replica({ cpuCores: null })],
  };
  const cpuOf = (cpu: number | null) =>
    valueOrNull(
      stableAfter([{ usage }], { ...SERVICE, resources: { cpu, memoryBytes: null } }).cpu,
    );
  assert.ok(Math.abs((cpuOf(null) as number) - 0.6) < 1e-9);
  assert.ok(Math.abs((cpuOf(2) as number) - 0.3) < 1e-9);
});

test('after a step from two to four replicas cpu spreads the same work over four', () => {
  const two = { usage: { replicas: repeat(2, replica({ cpuCores: 1 })) } };
  const four = { usage: { replicas: repeat(4, replica({ cpuCores: 0.5 })) } };
  assert.deepEqual(stableAfter([...repeat(9, two), four]).cpu, reading(0.5));
});

test('cpu without a ready replica is not applicable, before a first difference it is missing', () => {
  assert.deepEqual(stableAfter([{ usage: { replicas: [] } }]).cpu, NOT_APPLICABLE);
  const first = { usage: { replicas: [replica({ cpuCores: null })] } };
  assert.deepEqual(stableAfter([first]).cpu, missing(null));
});

test('memory is the largest replica of the window, and a fraction only where a limit is set', () => {
  const samples = [
    { usage: { replicas: [replica({ memoryBytes: 300 }), replica({ memoryBytes: 800 })] } },
    { usage: { replicas: [replica({ memoryBytes: 400 })] } },
  ];
  const limited = stableAfter(samples, {
    ...SERVICE,
    resources: { cpu: null, memoryBytes: 1_000 },
  });
  assert.deepEqual(limited.memory, reading(0.8));
  assert.deepEqual(limited.memoryBytes, reading(800));
  assert.deepEqual(stableAfter(samples).memory, UNSET);
  const none = { usage: { replicas: [] } };
  const resources = { cpu: null, memoryBytes: 1_000 };
  assert.deepEqual(stableAfter([none], { ...SERVICE, resources }).memory, NOT_APPLICABLE);
  const later = stableAfter([...samples, ...repeat(9, samples[1] as Partial<Sample>)]);
  assert.deepEqual(later.memoryBytes, reading(400), 'the large one has left the window');
});

test('event-loop delay is that of the worst replica, not applicable where none is Node', () => {
  const node = (delayP99Ms: number, utilization: number) =>
    replica({ eventLoop: { delayP99Ms, utilization } });
  const mixed = stableAfter([{ usage: { replicas: [node(5, 0.2), node(80, 0.6), replica()] } }]);
  assert.deepEqual(mixed.eventLoopDelayMs, reading(80));
  assert.deepEqual(mixed.eventLoopUtilization, reading(0.4));
  assert.deepEqual(stableAfter([{}]).eventLoopDelayMs, NOT_APPLICABLE);
});

test('event-loop delay is missing, not small, while a replica that had reported is silent', () => {
  const node = (eventLoop: ReplicaUsage['eventLoop']) => replica({ eventLoop });
  const idle = { delayP99Ms: 1, utilization: 0.1 };
  const usage = (eventLoop: ReplicaUsage['eventLoop']) => ({
    usage: { replicas: [node(idle), node(eventLoop)] },
  });
  const blocked = stableAfter([usage(idle), usage('silent')]);
  assert.deepEqual(blocked.eventLoopDelayMs, missing(null));
  assert.deepEqual(blocked.eventLoopUtilization, missing(null));
  assert.equal(blocked.cpu.kind, 'value', 'the rest is known');
  const back = stableAfter([usage('silent'), usage(idle)]);
  assert.deepEqual(back.eventLoopDelayMs, reading(1));
});

test('drain time is the queue divided by what is drained; without draining there is no time to tell', () => {
  const queue = { replicas: 1, oldestMs: null, arrivingPerSecond: null, leased: 0 };
  const drained = (waiting: number, drainedPerSecond: number, oldestMs: number | null = null) =>
    stableAfter([{ backlog: { ...queue, waiting, drainedPerSecond, oldestMs } }], SERVICE, true);
  assert.deepEqual(drained(100, 4).drainTimeMs, reading(25_000));
  assert.deepEqual(drained(0, 0).drainTimeMs, reading(0));
  assert.deepEqual(drained(100, 0).drainTimeMs, NOT_APPLICABLE);
  assert.deepEqual(drained(100, 0).backlog, reading(100));
  assert.deepEqual(drained(100, 4, 40_000).drainTimeMs, reading(40_000), 'the oldest knows better');
  assert.deepEqual(drained(100, 0, 7_000).drainTimeMs, reading(7_000), 'nothing else is known');
  assert.deepEqual(stableAfter([{ backlog: null }], SERVICE, true).backlog, missing(null));
  assert.deepEqual(stableAfter([{ backlog: null }]).backlog, NOT_APPLICABLE);
});

test('a clock that was set back starts the series afresh', () => {
  const { series } = after(repeat(10, { traffic: traffic(1_000) }));
  series.add(sample(2, { traffic: traffic(10) }));
  assert.deepEqual(series.snapshot(2_000).stable.rps, reading(10));
});

test('numbers that no working source gives count as silence', () => {
  const { series } = after([{ traffic: traffic(10) }]);
  for (const requests of [Number.NaN, Infinity, -5, 1e300]) {
    series.add(sample(2, { traffic: { ...traffic(0), requests } }));
  }
  series.add(sample(2, { usage: { replicas: [replica({ cpuCores: Number.NaN })] } }));
  assert.deepEqual(series.snapshot(2_000).stable.rps, reading(5), 'two good samples: 10 and 0');
  assert.deepEqual(series.snapshot(2_000).stable.cpu, reading(0.5));
});

test('after many samples the signals are those of a fresh series with the same window', () => {
  const part = fc.record({
    requests: fc.nat(1_000),
    inFlight: fc.nat(50),
    latencyMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    cpuCores: fc.double({ min: 0, max: 4, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 40, maxLength: 60 }), (parts) => {
      const samples = parts.map(({ requests, inFlight, latencyMs, cpuCores }, index) =>
        sample(index + 1, {
          traffic: traffic(requests, { inFlight, latencyMs }),
          usage: { replicas: [replica({ cpuCores })] },
        }),
      );
      const long = createSeries(SERVICE);
      const fresh = createSeries(SERVICE);
      for (const each of samples) {
        long.add(each);
        long.snapshot(each.at);
      }
      for (const each of samples.slice(-10)) fresh.add(each);
      const now = samples.length * 1_000;
      const rounded = (value: unknown) =>
        JSON.stringify(value, (_, each) => (typeof each === 'number' ? each.toFixed(9) : each));
      assert.equal(rounded(long.snapshot(now).stable), rounded(fresh.snapshot(now).stable));
    }),
    { numRuns: 30 },
  );
});

test('errors of requests that found no free place are told apart while replicas answer others', () => {
  const told = (over: Partial<TrafficSample>) =>
    after(repeat(10, { traffic: traffic(100, { errors: 60, queued: 9, ...over }) }));
  const rate = (over: Partial<TrafficSample>) => {
    const { series, now } = told(over);
    return series.snapshot(now).servedErrors;
  };
  assert.equal(rate({ unplaced: 60, answered: 40 }), 0);
  assert.equal(rate({ unplaced: 50, answered: 30 }), 0.25, 'ten of the forty that a replica had');
  assert.equal(rate({ unplaced: 60, answered: 0 }), undefined, 'they hang');
  assert.equal(rate({ unplaced: 60, answered: 40, queued: 0 }), undefined, 'none was there');
  assert.equal(rate({ unplaced: 0, answered: 40 }), undefined);
  const { series, now } = told({ unplaced: 60, answered: 40 });
  assert.equal(series.snapshot(now + 4_000).servedErrors, undefined, 'silence is silence');
  for (let second = 11; second <= 20; second++) series.add(sample(second));
  assert.equal(series.snapshot(20_000).servedErrors, undefined, 'it is of the window alone');
});
