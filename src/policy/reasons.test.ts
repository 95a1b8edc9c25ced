import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Binding, Reason } from './decision.ts';
import { renderReason, summarise } from './reasons.ts';

const TEXTS: readonly (readonly [Reason, string])[] = [
  [
    { kind: 'above', signal: 'latencyP95Ms', value: 1_400, threshold: 1_000 },
    'p95 latency 1.4 s is above 1 s',
  ],
  [{ kind: 'below', signal: 'cpu', value: 0.0812, threshold: 0.2 }, 'cpu 8.1 % is below 20 %'],
  [
    { kind: 'between', signal: 'cpu', value: 0.41, low: 0.2, high: 0.7 },
    'cpu 41 % is between 20 % and 70 %',
  ],
  [
    { kind: 'between', signal: 'queued', value: 3, low: null, high: 10 },
    'requests waiting 3 is not above 10',
  ],
  [
    { kind: 'between', signal: 'rps', value: 3, low: 2, high: null },
    'requests 3/s a replica is not below 2',
  ],
  [
    { kind: 'would-cross', signal: 'cpu', value: 0.78, threshold: 0.5, replicas: 1 },
    'with 1 replica it would be 78 %, too near 50 %',
  ],
  [
    { kind: 'ratio', signal: 'concurrency', value: 23.333, target: 10, answer: 7 },
    'concurrency 23.3 a replica, target 10: 7 replicas',
  ],
  [
    { kind: 'ratio', signal: 'drainTimeMs', value: 90_000, target: 30_000, answer: 3 },
    'time to drain 1 min 30 s, target 30 s: 3 replicas',
  ],
  [
    { kind: 'skipped', signal: 'latencyP95Ms', windowMs: 10_000 },
    'p95 latency: no requests in the last 10 s, rule skipped',
  ],
  [
    { kind: 'skipped', signal: 'latencyP95Ms', windowMs: 10_000, otherCount: true },
    'p95 latency: not known for another count than the live one, rule skipped',
  ],
  [
    { kind: 'skipped', signal: 'latencyP95Ms', windowMs: 10_000, requests: 3 },
    'p95 latency: only 3 requests in the last 10 s: too few for a p95, rule skipped',
  ],
  [
    { kind: 'skipped', signal: 'memory', windowMs: 10_000 },
    'memory: no replica is ready, rule skipped',
  ],
  [
    { kind: 'skipped', signal: 'memory', windowMs: 10_000, unset: true },
    'memory: resources.memory is not set, rule skipped',
  ],
  [
    { kind: 'skipped', signal: 'eventLoopDelayMs', windowMs: 10_000 },
    'event-loop delay: no Node replica reports it, rule skipped',
  ],
  [{ kind: 'missing', signal: 'rps', silentMs: 4_000 }, 'requests: traffic source silent for 4 s'],
  [
    { kind: 'missing', signal: 'cpu', silentMs: null },
    'cpu: no data from the replica measurements yet',
  ],
  [{ kind: 'hold', at: 3 }, 'holding at 3: nothing goes down without these numbers'],
  [{ kind: 'no-rule' }, 'no rule applies, no change'],
  [{ kind: 'idle' }, 'no rule applies and there are no requests: one fewer'],
  [{ kind: 'sleep', idleMs: 61_000 }, 'no requests for 1 min 1 s: going to sleep'],
  [{ kind: 'wake' }, 'a request waits: waking up'],
  [
    { kind: 'awake', remainingMs: null, afterMs: 60_000 },
    'one replica stays awake for 1 min after the last request',
  ],
  [
    { kind: 'awake', remainingMs: 8_000, afterMs: 60_000 },
    'one replica stays awake for 1 min after the last request: 8 s left',
  ],
  [{ kind: 'awake', remainingMs: null }, 'one replica stays awake for requests'],
  [{ kind: 'awake', remainingMs: 8_000 }, 'one replica stays awake for 8 s more without requests'],
  [{ kind: 'step', from: 2, to: 3, by: 'linear' }, 'linear: from 2 to 3'],
  [
    { kind: 'burst', factor: 2, windowMs: 3_000 },
    'burst: the last 3 s ask for 2 times what is ready',
  ],
  [{ kind: 'after-burst', remainingMs: 7_000 }, 'after a burst nothing goes down: 7 s left'],
  [{ kind: 'starting', starting: 2 }, '2 replicas still starting, counted as capacity'],
  [
    { kind: 'cooldown', direction: 'up', remainingMs: 2_100 },
    'cooldown: 2.1 s left before the next step up',
  ],
  [{ kind: 'settling', remainingMs: 900 }, 'just scaled up: 900 ms left before a step down'],
  [
    { kind: 'brake', errors: 0.123, limit: 0.05 },
    'brake: errors 12 % are above 5 %, nothing scales up',
  ],
  [{ kind: 'max', wanted: 14, bound: 10 }, 'wanted 14, max is 10'],
  [{ kind: 'min', wanted: 0, bound: 1 }, 'wanted 0, min is 1'],
  [{ kind: 'guard', bound: 'memory', allowed: 5 }, 'host guard: memory allows 5 replicas'],
  [
    { kind: 'guard', bound: 'replicas', allowed: 1 },
    'host guard: host.maxReplicas allows 1 replica',
  ],
  [{ kind: 'resting', at: 1 }, 'nothing to do, already at the minimum of 1'],
  [
    { kind: 'cpu-saturated' },
    'all cores of this machine are busy, by whatever programs: more replicas will not be faster',
  ],
  [{ kind: 'paused', at: 2 }, 'paused: the count stays as it is'],
  [{ kind: 'paused', at: 0 }, 'paused while asleep: requests are refused until it is resumed'],
  [{ kind: 'pinned', at: 0 }, 'pinned at 0: requests are refused until it is released'],
  [{ kind: 'deploying' }, 'deploying: the count stays until the deploy is over'],
  [{ kind: 'pinned', at: 4 }, 'pinned at 4'],
  [
    { kind: 'circuit', remainingMs: null },
    'its circuit is not closed: how much load there is cannot be told',
  ],
  [
    { kind: 'circuit', remainingMs: 4_000 },
    'its circuit was open until just now: 4 s left before a step down',
  ],
  [
    { kind: 'unlearned' },
    'what one replica can do is not known yet: it is learned from the first requests',
  ],
  [
    { kind: 'relief', percentile: 95, latencyMs: 1_400, promisedMs: 300, answer: 3 },
    'p95 latency 1.4 s is above 300 ms: 3 replicas',
  ],
  [{ kind: 'steady' }, 'no change'],
  [{ kind: 'steady', by: 'target' }, 'near enough to the target, no change'],
];

for (const [reason, text] of TEXTS) {
  test(`a reason reads: ${text}`, () => {
    assert.equal(renderReason(reason), text);
  });
}

test('a reason stored by another version shows its name', () => {
  assert.equal(renderReason({ kind: 'divined' } as unknown as Reason), 'divined');
});

const COOL: Reason = { kind: 'below', signal: 'cpu', value: 0.1, threshold: 0.2 };
const HOT: Reason = { kind: 'above', signal: 'cpu', value: 0.91, threshold: 0.7 };

test('the summary names what moved the count, or what held it', () => {
  const lines: readonly (readonly [number, number, Binding, Reason[], string])[] = [
    [2, 3, 'none', [COOL, HOT], '2 → 3: cpu 91 % is above 70 %'],
    [10, 10, 'max', [HOT, { kind: 'max', wanted: 14, bound: 10 }], '10: wanted 14, max is 10'],
    [
      3,
      3,
      'cooldown',
      [COOL, { kind: 'settling', remainingMs: 2_000 }],
      '3: just scaled up: 2 s left before a step down',
    ],
    [
      3,
      3,
      'missing',
      [
        { kind: 'missing', signal: 'rps', silentMs: 4_000 },
        { kind: 'hold', at: 3 },
      ],
      '3: requests: traffic source silent for 4 s',
    ],
    [
      1,
      0,
      'none',
      [COOL, { kind: 'sleep', idleMs: 60_000 }],
      '1 → 0: no requests for 1 min: going to sleep',
    ],
    [
      1,
      1,
      'min',
      [COOL, { kind: 'resting', at: 1 }],
      '1: nothing to do, already at the minimum of 1',
    ],
    [1, 1, 'none', [], '1'],
  ];
  for (const [current, desired, binding, reasons, text] of lines) {
    assert.equal(summarise({ current, desired, binding, reasons }), text);
  }
});
