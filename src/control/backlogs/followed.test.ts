import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCALE } from '../../../test/support/scaling.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Replica } from '../roster.ts';
import { createFollowed } from './followed.ts';
import type { QueueLook } from './queue-look.ts';

/** A service `worker` with so many replicas, looked at by hand. */
function scene(remembered: unknown = null) {
  const scale = { ...SCALE, min: 0, max: 4, policy: 'target', target: { drainTimeMs: 30_000 } };
  const worker = { spec: { name: 'worker', scale }, desired: 0 } as unknown as ManagedService;
  const seen = { now: 1_000_000, ready: 0, woken: 0, binding: 'none', news: [] as string[] };
  const followed = createFollowed({
    clock: { now: () => seen.now },
    services: new Map([['worker', worker]]),
    roster: {
      of: () =>
        Array.from({ length: seen.ready }, () => ({
          state: 'ready',
          inGateway: true,
          ejected: null,
        })) as unknown as Replica[],
    },
    inForce: () => ({ binding: seen.binding }) as never,
    news: {
      behind: (name, why) => seen.news.push(`${name} ${why}`),
      caughtUp: (name) => seen.news.push(`${name} caught up`),
    },
    wake: () => seen.woken++,
    remembered,
  });
  const look = (changes: Partial<QueueLook>): void => {
    seen.now += 1000;
    followed.look('worker', {
      at: seen.now,
      waiting: 0,
      oldestMs: null,
      leased: 0,
      useful: null,
      arrivingPerSecond: 0,
      finished: 0,
      ...changes,
    });
  };
  const run = (ready: number): void => {
    seen.ready = ready;
    worker.desired = ready;
  };
  return { worker, seen, followed, look, run };
}

test('tasks wake who sleeps; those queued for later, and an empty queue, do not', () => {
  const { seen, look, run } = scene();
  look({ waiting: 0 });
  assert.equal(seen.woken, 0);
  look({ waiting: 1 });
  assert.equal(seen.woken, 1);
  run(1);
  look({ waiting: 1 });
  assert.equal(seen.woken, 1);
});

test('how fast one works is learned, told for those who are ready, and remembered', () => {
  const { seen, followed, look, run } = scene();
  run(2);
  assert.equal(followed.sample('worker'), null, 'never looked');
  look({ waiting: 100 });
  assert.equal(followed.sample('worker')?.drainedPerSecond, 0);
  for (let second = 0; second < 10; second++) look({ waiting: 90, finished: 20 });
  assert.equal(followed.sample('worker')?.drainedPerSecond, 20);
  run(4);
  assert.equal(followed.sample('worker')?.drainedPerSecond, 40);
  run(0);
  const asleep = followed.sample('worker');
  assert.deepEqual([asleep?.drainedPerSecond, asleep?.replicas], [10, 1]);

  seen.now += 10_000;
  const learned = followed.changed();
  assert.equal(followed.changed(), null, 'nothing new');
  const next = scene(JSON.parse(JSON.stringify(learned)));
  next.look({ waiting: 5_000 });
  assert.equal(next.followed.sample('worker')?.drainedPerSecond, 10);
});

test('the age of the oldest counts from when somebody was there to take it', () => {
  const { followed, look, run } = scene();
  look({ waiting: 3, oldestMs: 3_600_000 });
  assert.equal(followed.sample('worker')?.oldestMs, null);
  run(1);
  look({ waiting: 3, oldestMs: 3_601_000 });
  look({ waiting: 3, oldestMs: 3_602_000 });
  assert.equal(followed.sample('worker')?.oldestMs, 1_000);
});

test('who cannot be in time with all there may be is told once, and once that it has caught up', () => {
  const { seen, followed, look, run } = scene();
  run(4);
  for (let second = 0; second < 30; second++) look({ waiting: 1_800, finished: 10 });
  assert.deepEqual(seen.news, [
    'worker would take 3 min with the 4 replicas it may have (scale.max); the target is 30 s',
  ]);
  assert.match(followed.problem('worker') ?? '', /would take 3 min/);
  for (let second = 0; second < 5; second++) look({ waiting: 100, finished: 10 });
  assert.notEqual(followed.problem('worker'), null, 'for a moment says nothing');
  for (let second = 0; second < 30; second++) look({ waiting: 100, finished: 10 });
  assert.deepEqual(seen.news.slice(1), ['worker caught up']);
  assert.equal(followed.problem('worker'), null);
});

test('with an empty queue nobody is behind any more', () => {
  const { seen, followed, look, run } = scene();
  run(4);
  for (let second = 0; second < 30; second++) look({ waiting: 1_800, finished: 10 });
  look({ waiting: 0, finished: 1_800 });
  assert.deepEqual(seen.news.slice(1), ['worker caught up']);
  assert.equal(followed.problem('worker'), null);
});

test('who may have no more tasks at once is told to be behind with as many as are of use', () => {
  const { seen, look, run } = scene();
  run(2);
  for (let second = 0; second < 30; second++) look({ waiting: 1_800, finished: 5, useful: 2 });
  assert.deepEqual(seen.news, [
    'worker would take 6 min with the 2 replicas that the concurrency of its queues keeps at work; the target is 30 s',
  ]);
});

test('below max nothing is said, unless the machine has no room for more', () => {
  const { seen, look, run } = scene();
  run(2);
  for (let second = 0; second < 30; second++) look({ waiting: 1_800, finished: 5 });
  assert.deepEqual(seen.news, []);
  seen.binding = 'guard';
  for (let second = 0; second < 30; second++) look({ waiting: 1_800, finished: 5 });
  assert.deepEqual(seen.news, [
    'worker would take 6 min with the 2 replicas this machine has room for; the target is 30 s',
  ]);
});
