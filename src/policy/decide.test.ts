import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { Reading } from '../signals/reading.ts';
import { missing, NOT_APPLICABLE, reading } from '../signals/reading.ts';
import type { SignalName, Signals } from '../signals/snapshot.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import { decide } from './decide.ts';
import type { DecideInput, Decided } from './decision.ts';
import { decideIn, SCALE, signals, START } from '../../test/support/scaling.ts';

const NAMES = Object.keys(signals()) as SignalName[];

const finite = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom(0, 1, Number.MIN_VALUE, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER),
);
const anyReading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 5, arbitrary: finite.map(reading) },
  { weight: 1, arbitrary: fc.option(fc.nat(100_000)).map(missing) },
  { weight: 1, arbitrary: fc.constant(NOT_APPLICABLE) },
);
const anySignals = fc
  .tuple(...NAMES.map(() => anyReading))
  .map(
    (readings) =>
      Object.fromEntries(NAMES.map((name, at) => [name, readings[at]])) as unknown as Signals,
  );

const threshold = fc.option(finite, { nil: undefined });
function someOf<Key extends string>(...keys: Key[]): fc.Arbitrary<Partial<Record<Key, number>>> {
  return fc.tuple(...keys.map(() => threshold)).map((values) => {
    const given = keys.map((key, at) => [key, values[at]] as const);
    return Object.fromEntries(given.filter(([, each]) => each !== undefined)) as Partial<
      Record<Key, number>
    >;
  });
}
const RULES = [
  'cpu',
  'memory',
  'latencyMs',
  'eventLoopDelayMs',
  'concurrency',
  'rps',
  'queued',
  'backlog',
] as const;
const GOALS = [
  'concurrency',
  'rps',
  'cpu',
  'memory',
  'latencyMs',
  'drainTimeMs',
  'backlog',
] as const;

const anyScale: fc.Arbitrary<ScaleSpec> = fc
  .record({
    min: fc.nat(5),
    more: fc.nat(50),
    policy: fc.constantFrom('linear', 'exponential', 'target'),
    up: someOf(...RULES),
    down: someOf(...RULES),
    target: someOf(...GOALS),
    errors: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    upMs: fc.nat(100_000),
    downMs: fc.nat(100_000),
    sleepAfterMs: fc.nat(100_000),
  })
  .map(({ min, more, errors, factor, upMs, downMs, ...rest }) => ({
    ...SCALE,
    ...rest,
    min,
    max: Math.max(1, min + more),
    brake: { errors },
    burst: { windowMs: 3_000, factor },
    cooldown: { upMs, downMs },
  }));

const moment = fc.option(fc.integer({ min: START - 200_000, max: START + 10_000 }));
const anyInput: fc.Arbitrary<DecideInput> = fc.record({
  now: fc.constant(START),
  scale: anyScale,
  snapshot: fc.record({ at: fc.constant(START), stable: anySignals, burst: anySignals }),
  replicas: fc.record({ ready: fc.nat(60), starting: fc.nat(60), desired: fc.nat(60) }),
  host: fc.record({
    room: fc.oneof(fc.nat(20), fc.constant(Infinity)),
    bound: fc.constantFrom('memory' as const, 'replicas' as const, null),
    cpuSaturated: fc.boolean(),
  }),
  control: fc.constant({ paused: false, pinned: null, deploying: false }),
  // As it comes out of JSON.
  memory: fc.record(
    {
      lastUpAt: moment,
      lastDownAt: moment,
      burstAt: moment,
      idleSince: moment,
      policies: fc.constant({}),
    },
    { noNullPrototype: true },
  ),
});

function holds(property: (input: DecideInput, decided: Decided) => void): void {
  fc.assert(
    fc.property(anyInput, (input) => property(input, decide(input))),
    { numRuns: 500 },
  );
}

test('whatever the input, the numbers are whole and there is a reason', () => {
  holds((_, { raw, stabilised, limited, desired, reasons }) => {
    for (const count of [raw ?? 0, stabilised, limited, desired]) {
      assert.ok(Number.isSafeInteger(count) && count >= 0, `${count}`);
    }
    assert.ok(reasons.length > 0);
    assert.ok(!JSON.stringify(reasons).includes('null,"threshold"'), 'no NaN in a reason');
  });
});

test('desired lies within min and max, save where the host has no room for min', () => {
  holds(({ scale }, { desired, binding }) => {
    assert.ok(desired <= scale.max);
    if (binding !== 'guard') assert.ok(desired >= scale.min);
  });
});

test('nothing grows beyond what there is and the room the host leaves', () => {
  holds(({ replicas: { ready, starting, desired: current }, host }, { desired }) => {
    assert.ok(desired <= Math.max(current, ready + starting) + host.room);
  });
});

test('when everything is missing nothing goes down, save to a max that fell', () => {
  const silent = Object.fromEntries(
    NAMES.map((name) => [name, missing(9_000)]),
  ) as unknown as Signals;
  holds((input) => {
    const current = input.replicas.desired;
    const { desired } = decide({
      ...input,
      snapshot: { at: START, stable: silent, burst: silent },
    });
    assert.ok(desired >= Math.min(current, input.scale.max));
  });
});

test('a missing signal that a rule needs never lets the count go down', () => {
  holds((input) => {
    const { scale, replicas, snapshot } = input;
    const stable = { ...snapshot.stable, cpu: missing(9_000) };
    // Sleep needs no rule: who sleeps is not asked.
    const asked = {
      ...scale,
      min: Math.max(1, scale.min),
      up: { ...scale.up, cpu: 0.7 },
      target: { ...scale.target, cpu: 0.7 },
    };
    const { desired } = decide({ ...input, scale: asked, snapshot: { ...snapshot, stable } });
    assert.ok(desired >= Math.min(replicas.desired, asked.max));
  });
});

test('the brake never stops a step down', () => {
  holds((input) => {
    const withErrors = (errors: number): number => {
      const stable = { ...input.snapshot.stable, errors: reading(errors) };
      return decide({ ...input, snapshot: { ...input.snapshot, stable } }).desired;
    };
    const calm = withErrors(0);
    if (calm < input.replicas.desired) assert.equal(withErrors(1), calm);
  });
});

test('the same input gives the same answer, and is left as it was', () => {
  holds((input, decided) => {
    const before = JSON.stringify(input);
    assert.deepEqual(decide(input), decided);
    assert.equal(JSON.stringify(input), before);
  });
});

test('what it remembers survives being written as JSON', () => {
  holds((input, { memory }) => {
    const restored = JSON.parse(JSON.stringify(memory)) as DecideInput['memory'];
    assert.deepEqual(restored, memory);
    const next = { ...input, now: START + 1_000 };
    assert.deepEqual(decide({ ...next, memory: restored }), decide({ ...next, memory }));
  });
});

test('a cooldown is remembered by what changed, not by what was wished', () => {
  holds(({ replicas, memory: before }, { desired, memory }) => {
    assert.equal(memory.lastUpAt, desired > replicas.desired ? START : before.lastUpAt);
    assert.equal(memory.lastDownAt, desired < replicas.desired ? START : before.lastDownAt);
  });
});

test('counts that are not whole numbers, or no numbers, are made whole', () => {
  const { desired } = decideIn({
    desired: 2.6,
    ready: Number.NaN,
    starting: -4,
    stable: { cpu: 0.4 },
  });
  assert.equal(desired, 3);
});
