import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MB, MINUTE, NOW } from '../../../test/support/evidence.ts';
import type { Finding } from './finding.ts';
import { recommendationOf } from './words.ts';

const hour = { from: NOW - HOUR, to: NOW };
const days = { from: NOW - 3 * DAY, to: NOW };

/** Each kind once, with what a person reads. */
const SAID: readonly (readonly [Finding, title: string, evidence: string])[] = [
  [
    { kind: 'replicas-end', times: 3, last: 'api-1 ended by SIGSEGV; it was replaced.', ...hour },
    'Look at why its replicas end: no number of them cures that.',
    'replicas ended or did not come up 3 times in 1 h; the last time: api-1 ended by SIGSEGV; it was replaced.',
  ],
  [
    { kind: 'held', how: 'pinned', count: 4, wanted: 2, ...hour },
    'Let its policy decide again.',
    'somebody pinned it at 4, 1 h ago; its policy would have 2 now',
  ],
  [
    { kind: 'held', how: 'paused', count: 1, wanted: null, ...hour },
    'Let its policy decide again.',
    'somebody paused it at 1 replica, 1 h ago',
  ],
  [
    {
      kind: 'errors',
      heldMs: 4 * MINUTE,
      times: 3,
      worst: 0.12,
      limit: 0.05,
      lastAt: NOW,
      ...hour,
    },
    'Look at its errors first: more replicas do not cure them.',
    'errors kept it from scaling up for 4 min (3 times in 1 h); up to 12 % of the requests failed, the brake is at 5 %',
  ],
  [
    {
      kind: 'memory-lower',
      peakBytes: 159 * MB,
      limitBytes: 512 * MB,
      betterBytes: 256 * MB,
      holdsDown: 0.4,
      ...days,
    },
    'The memory limit could be 256 MB.',
    'memory was never above 31 % of 512 MB (159 MB) in 3 days; set scale.down.memory: false with it, or its 40 % would hold every step down',
  ],
  [
    {
      kind: 'memory-higher',
      peakBytes: 500 * MB,
      limitBytes: 512 * MB,
      betterBytes: 768 * MB,
      replaced: 2,
      ...hour,
    },
    'The memory limit should be 768 MB, unless the program leaks.',
    'a replica took 98 % of 512 MB (500 MB) in 1 h, and replicas were replaced for it twice',
  ],
  [
    { kind: 'event-loop', limitMs: 200, worstMs: 3100, share: 0.12, cores: 0.4, ...hour },
    'Something blocks its event loop: look for calls that wait or compute in one go.',
    'event-loop delay was above 200 ms in 12 % of 1 h, up to 3.1 s, at 40 % of a core: while it lasts, all requests of a replica wait',
  ],
  [
    {
      kind: 'latency-unwatched',
      times: 4,
      limitMs: 1000,
      worstMs: 2400,
      cpu: { value: 0.35, threshold: 0.7 },
      targetConcurrency: null,
      ...hour,
    },
    'Add latency to its up rules.',
    'p95 passed 1 s 4 times in 1 h, before cpu passed 70 % (it was at 35 % at most); the worst was 2.4 s',
  ],
  [
    {
      kind: 'max',
      max: 10,
      heldMs: 20 * MINUTE,
      times: 1,
      wanted: 14,
      p95Ms: 2400,
      slow: true,
      better: 15,
      saturated: false,
      ...hour,
    },
    'max could be 15.',
    'max 10 bound it for 20 min (once in 1 h), 14 were asked for; p95 rose to 2.4 s then',
  ],
  [
    { kind: 'machine', bound: 'memory', allowed: 3, heldMs: 5 * MINUTE, times: 2, ...hour },
    'The machine is too small for what is asked of it.',
    'the host guard kept it from growing for 5 min (twice in 1 h): memory allows 3 replicas',
  ],
  [
    { kind: 'min-lower', min: 3, needed: 1, ...days },
    'min could be 1.',
    'min 3 was never needed in 3 days: what was asked of it would have kept 1 replica half busy at most',
  ],
  [
    { kind: 'min-quiet', min: 2, needed: 1, fromHour: 1, toHour: 5, ...days },
    'min could be 1.',
    'min 2 was never needed between 01:00 and 05:00 in 3 days: 1 replica would have been enough; by day its rules bring more',
  ],
  [
    { kind: 'min-higher', min: 1, lowest: 4, ...days },
    'min could be 4.',
    'it never had fewer than 4 replicas in 3 days: after a restart it would not have to climb from 1',
  ],
  [
    { kind: 'slow-wake', startMs: 14_000, wakes: 3, ...hour },
    'One replica should stay awake: min should be 1.',
    'it was woken 3 times in 1 h, and a replica takes 14 s to be ready: so long did somebody wait each time',
  ],
  [
    { kind: 'slow-start', startMs: 14_000, cooldownMs: 3000, ups: 7, ...hour },
    'Its replicas start slowly: lower its up thresholds, keep one more, or make the start quicker.',
    'a replica takes 14 s to be ready (cooldown.up is 3 s), and the count rose 7 times in 1 h',
  ],
  [
    {
      kind: 'flapping',
      reversals: 9,
      perHour: 9,
      backWithinMs: 2 * MINUTE,
      cooldownMs: MINUTE,
      betterMs: 3 * MINUTE,
      ...hour,
    },
    'cooldown.down could be 3 min.',
    'the count turned round 9 times in 1 h, 9 times an hour: most steps down were taken back within 2 min, cooldown.down is 1 min',
  ],
  [
    {
      kind: 'concurrency-unset',
      few: { inFlight: 4, p95Ms: 90 },
      many: { inFlight: 40, p95Ms: 1500 },
      better: 5,
      ...hour,
    },
    'concurrency could be 5: what comes on top waits at the gateway, where it costs nothing.',
    'with 40 requests at once a replica p95 was 1.5 s, with 4 it was 90 ms (1 h)',
  ],
  [
    { kind: 'queueing', share: 0.33, concurrency: 10, cpu: 0.2, better: 15, ...hour },
    'concurrency could be 15.',
    'requests waited at the gateway in 33 % of 1 h, with concurrency 10 and cpu at 20 % meanwhile',
  ],
  [
    { kind: 'cache', route: '/a', hits: 40, looked: 4000, ...hour },
    'The cache of /a finds next to nothing: look at what its answers differ by, or take it out.',
    '40 of 4000 requests were found there in 1 h',
  ],
];

test('each finding is said with its numbers', () => {
  for (const [finding, title, evidence] of SAID) {
    const said = recommendationOf('api', finding);
    assert.deepEqual([said.title, said.evidence], [title, evidence]);
    assert.ok(said.id.startsWith(`api.${finding.kind}`));
  }
});

test('what is to be changed is written as in the file, what can be done at once is an action', () => {
  const changeOf = (kind: Finding['kind']): unknown => {
    const finding = SAID.find(([each]) => each.kind === kind)?.[0] as Finding;
    const { change, command, action } = recommendationOf('api', finding);
    return [change, command, action];
  };
  const deploy = 'tidegate deploy api';
  const changed = (key: string, value: string) => [{ key, value }, deploy, null];
  assert.deepEqual(changeOf('memory-lower'), changed('services.api.resources.memory', "'256MB'"));
  assert.deepEqual(changeOf('latency-unwatched'), changed('services.api.scale.up.latency', "'1s'"));
  assert.deepEqual(changeOf('flapping'), changed('services.api.scale.cooldown.down', "'3m'"));
  assert.deepEqual(changeOf('max'), changed('services.api.scale.max', '15'));
  assert.deepEqual(changeOf('held'), [null, 'tidegate scale api auto', 'release']);
  assert.deepEqual(changeOf('errors'), [
    null,
    'tidegate explain api --at 2026-03-01T12:00:00.000Z',
    null,
  ]);
});

test('“never” is said of the time in which somebody looked alone', () => {
  const memory = { peakBytes: 100 * MB, limitBytes: 512 * MB, betterBytes: 192 * MB };
  const finding = { kind: 'memory-lower', ...memory, holdsDown: null, seenMs: DAY } as const;
  const { evidence } = recommendationOf('api', { ...finding, from: NOW - 6 * DAY, to: NOW });
  assert.match(evidence, /never above 20 % of 512 MB \(100 MB\) in 1 day$/);
});

test('what a program wrote stays one line of bearable length', () => {
  const last = `${'x'.repeat(400)}\nsecond line`;
  const { evidence } = recommendationOf('api', { kind: 'replicas-end', times: 3, last, ...hour });
  assert.ok(evidence.length < 300 && !evidence.includes('\n'));
});
