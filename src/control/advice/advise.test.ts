import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { Script } from '../../../test/support/evidence.ts';
import {
  HOUR,
  MB,
  MINUTE,
  NOW,
  days,
  decided,
  evidence,
  hours,
} from '../../../test/support/evidence.ts';
import type { Binding, Reason } from '../../policy/decision.ts';
import { TOPICS, advise } from './advise.ts';
import { recommendationOf } from './words.ts';

test('of a service that is well, and of one that nobody has seen yet, nothing is said', () => {
  assert.deepEqual(advise(evidence()), []);
  const calm = { recent: hours(() => ({})), week: days(7, () => ({})) };
  const decisions = decided([7 * HOUR, { current: 1, desired: 2, binding: 'none', reasons: [] }]);
  const scale = { min: 2, target: { concurrency: 10 } };
  const busy = { ...calm, decisions, week: days(7, () => ({ cpu: 0.5 })) };
  assert.deepEqual(advise(evidence(busy, { scale })), []);
});

test('while it fails nobody is told to add replicas, and while it is held nothing about their number', () => {
  const full: Reason = { kind: 'max', wanted: 14, bound: 10 };
  const failing: Reason = { kind: 'brake', errors: 0.2, limit: 0.05 };
  const script: Script = [
    [3 * HOUR, { binding: 'max', desired: 10, current: 10, reasons: [full] }],
    [2 * HOUR, { binding: 'brake', desired: 10, current: 10, reasons: [failing] }],
    [90 * MINUTE, { binding: 'none', desired: 10, current: 10, reasons: [] }],
  ];
  const kinds = (given: Script): readonly string[] =>
    advise(evidence({ decisions: decided(...given) })).map(({ kind }) => kind);
  assert.deepEqual(kinds(script), ['errors']);
  assert.deepEqual(kinds([script[0] as Script[number], script[2] as Script[number]]), ['max']);
  const pinned: Script = [[70 * MINUTE, { binding: 'pinned', desired: 4, reasons: [] }]];
  assert.deepEqual(kinds([script[0] as Script[number], ...pinned]), ['held']);
});

const BINDINGS: readonly Binding[] = ['none', 'max', 'brake', 'guard', 'cooldown', 'pinned'];
const REASONS: readonly Reason[] = [
  { kind: 'max', wanted: 12, bound: 10 },
  { kind: 'brake', errors: 0.3, limit: 0.05 },
  { kind: 'guard', bound: 'memory', allowed: 2 },
  { kind: 'cpu-saturated' },
  { kind: 'wake' },
];

/** Anything that could have been recorded, much of it nonsense. */
const anything = fc
  .record({
    levels: fc.array(
      fc.record({
        ready: fc.integer({ min: 0, max: 10 }),
        cpu: fc.constantFrom(null, 0, 0.1, 0.6, 1),
        memoryBytes: fc.constantFrom(null, 40 * MB, 200 * MB, 500 * MB),
        latencyP95Ms: fc.constantFrom(null, 20, 400, 3000),
        concurrency: fc.constantFrom(null, 0, 5, 100),
        rps: fc.constantFrom(null, 0, 50),
        queued: fc.constantFrom(0, 20),
        eventLoopDelayMs: fc.constantFrom(null, 5, 800),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    steps: fc.array(
      fc.record({
        current: fc.integer({ min: 0, max: 10 }),
        desired: fc.integer({ min: 0, max: 10 }),
        binding: fc.constantFrom(...BINDINGS),
        reasons: fc.subarray([...REASONS]),
      }),
      { maxLength: 40 },
    ),
    ends: fc.integer({ min: 0, max: 5 }),
    starts: fc.array(fc.constantFrom(300, 6000, 20_000), { maxLength: 5 }),
    room: fc.integer({ min: 0, max: 20 }),
    concurrency: fc.constantFrom(null, 5),
    memory: fc.constantFrom(null, 128 * MB, 512 * MB),
    policy: fc.constantFrom('linear' as const, 'target' as const),
    min: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ levels, steps, ends, starts, room, concurrency, memory, policy, min }) => {
    const level = (since: number, everyMs: number) =>
      levels[Math.floor(since / everyMs) % levels.length] ?? {};
    const script = steps.map((step, at) => [(steps.length - at) * 6 * MINUTE, step] as const);
    const scale = { policy, min, up: { cpu: 0.7 }, target: { cpu: 0.6 }, down: { memory: 0.4 } };
    return evidence(
      {
        recent: hours((since) => level(since, 5 * MINUTE)),
        week: days(4, (since) => level(since, HOUR)),
        decisions: decided(...script),
        incidents: Array.from({ length: ends }, (_, at) => ({
          at: NOW - HOUR + at,
          service: 'api',
          replica: null,
          code: 'REPLICA_DIED',
          message: 'It ended.',
        })),
        startsMs: starts,
        machine: { room, memoryBytes: 2 ** 33 },
      },
      { concurrency, resources: { cpu: null, memoryBytes: memory }, scale },
    );
  });

test('whatever was recorded, no advice contradicts another, and what it asks for is a configuration', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anything, (given) => {
      const found = advise(given);
      const kinds = found.map(({ kind }) => kind);
      for (const kind of kinds) seen.add(kind);
      const topics = kinds.map((kind) => TOPICS[kind]);
      assert.equal(new Set(topics).size, topics.length, kinds.join());
      const has = (...names: string[]): boolean => kinds.some((kind) => names.includes(kind));
      const more = ['max', 'min-higher', 'slow-start', 'latency-unwatched', 'queueing'];
      if (has('errors', 'replicas-end', 'held')) assert.ok(!has(...more, 'flapping'), kinds.join());
      if (has('max')) assert.ok(!has('min-lower', 'min-quiet', 'flapping'), kinds.join());
      const changes = found.flatMap((each) => recommendationOf('api', each).change ?? []);
      assert.equal(new Set(changes.map(({ key }) => key)).size, changes.length);
      for (const { key, value } of changes) {
        assert.ok(key.startsWith('services.api.'));
        if (key.endsWith('.min')) assert.ok(Number(value) >= 0 && Number(value) <= 10, value);
        if (key.endsWith('.max')) assert.ok(Number(value) > 10, value);
      }
      for (const { from, to } of found) assert.ok(from <= to && to <= NOW);
    }),
    { numRuns: 300 },
  );
  assert.ok(seen.size >= 8, `too little was tried: ${[...seen].join()}`);
});
