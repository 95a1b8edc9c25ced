import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { QueueSpec } from '../../spec/tasks.ts';
import type { Claimed } from '../store/claim.ts';
import { createLane, type Lane } from './lane.ts';

const queue = (name: string, concurrency: number | null = null): QueueSpec => ({
  name,
  service: 'worker',
  delivery: 'push',
  path: '/',
  retries: 5,
  timeoutMs: 1000,
  concurrency,
  backoff: { leastMs: 1, mostMs: 1 },
});

let number = 0;
const task = (name: string): Claimed => ({
  id: `${number++}`,
  queue: name,
  attempt: 1,
  failures: 0,
  postponements: 0,
  breaks: 0,
  retries: 5,
  timeoutMs: 1000,
  method: 'POST',
  path: '/',
  headers: {},
  body: null,
  bodyBytes: 0,
  subject: null,
  waitedMs: 0,
  startedAt: '',
});
const some = (name: string, tasks: number): readonly Claimed[] =>
  Array.from({ length: tasks }, () => task(name));

/** Any one of a queue. */
const ended = (name: string): { id: string; queue: string } => ({ id: 'any', queue: name });

/** Claims all it wants of queues that never end, and begins all that may. */
function fill(lane: Lane, now: number): readonly string[] {
  const begun: string[] = [];
  for (let turns = 0; turns < 50; turns++) {
    for (const want of lane.wants(now)) lane.claimed(want, some(want.queue, want.tasks), now);
    for (let next = lane.next(now); next; next = lane.next(now)) begun.push(next.task.queue);
  }
  return begun;
}

test('nothing is claimed while nobody knows of replicas, and one task while there is none', () => {
  const lane = createLane([queue('mail')], 4);
  assert.deepEqual(lane.wants(0), []);
  lane.setReplicas(0, 0);
  assert.ok(lane.asleep());
  assert.deepEqual(fill(lane, 0), ['mail']);
  lane.setReplicas(2, 1);
  assert.equal(fill(lane, 1).length, 7);
});

test('after a knock in vain it waits', () => {
  const lane = createLane([queue('mail')], 4);
  lane.setReplicas(0, 0);
  fill(lane, 0);
  lane.ended(ended('mail'), 1);
  lane.pauseUntil(1000);
  assert.deepEqual(fill(lane, 999), []);
  assert.deepEqual(fill(lane, 1000), ['mail']);
});

test('a queue that had less than was asked for is asked again when something was sent', () => {
  const lane = createLane([queue('mail')], 4);
  lane.setReplicas(1, 0);
  const [want] = lane.wants(0);
  assert.deepEqual(want, { queue: 'mail', tasks: 4 });
  lane.claimed({ queue: 'mail', tasks: 4 }, some('mail', 1), 0);
  assert.deepEqual(lane.wants(0), []);
  lane.wake('mail');
  assert.deepEqual(lane.wants(0), [{ queue: 'mail', tasks: 3 }]);
});

test('what was sent while a claim was under way is claimed', () => {
  const lane = createLane([queue('mail')], 4);
  lane.setReplicas(1, 0);
  lane.wants(0);
  lane.wake('mail');
  lane.claimed({ queue: 'mail', tasks: 4 }, [], 0);
  assert.deepEqual(lane.wants(0), [{ queue: 'mail', tasks: 4 }]);
});

test('queues share the room evenly, what others have under way counts, and one has its own bound', () => {
  const lane = createLane([queue('mail'), queue('reports'), queue('few', 1)], 5);
  lane.setReplicas(2, 0);
  lane.setOthers(new Map([['mail', 1]]));
  const begun = fill(lane, 0);
  const of = (name: string): number => begun.filter((each) => each === name).length;
  assert.deepEqual([begun.length, of('few')], [9, 1]);
  assert.ok(Math.abs(of('mail') - of('reports')) <= 1, begun.join());
  // One after the other gets the place that becomes free.
  const turns: string[] = [];
  for (let n = 0; n < 12; n++) {
    lane.ended(ended(of('mail') > 0 ? 'mail' : 'reports'), 0);
    turns.push(...fill(lane, 0).slice(0, 1));
  }
  assert.ok(turns.filter((each) => each === 'reports').length >= 4, turns.join());
});

test('short tasks are claimed ahead, long ones are not; what does not begin is given back', () => {
  const lane = createLane([queue('mail')], 10);
  lane.setReplicas(1, 0);
  fill(lane, 0);
  assert.deepEqual(lane.wants(0), [], 'nothing has ended yet');
  // A hundred in a tenth of a second.
  for (let now = 250; now < 350; now++) {
    lane.ended(ended('mail'), now);
    fill(lane, now);
  }
  const ahead = lane.unbegun(350);
  assert.ok(ahead.length > 0 && ahead.length <= 10, `${ahead.length} claimed ahead`);
  assert.equal(lane.underWay(), 10);
  // One in two seconds.
  for (const now of [2000, 4000]) {
    lane.unbegun(now);
    lane.ended(ended('mail'), now);
    fill(lane, now);
  }
  assert.deepEqual(lane.unbegun(4000), []);
  // A quarter of a second each: one would begin within 30 ms, and is not worth being taken before.
  for (let now = 5000; now < 7000; now += 25) {
    lane.ended(ended('mail'), now);
    fill(lane, now);
    assert.deepEqual(lane.unbegun(now), []);
  }
});

test('whatever happens, never more are under way than replicas and queues allow', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('replicas' as const), n: fc.option(fc.nat(4)) }),
    fc.record({ do: fc.constant('claim' as const), n: fc.nat(100) }),
    fc.record({ do: fc.constant('end' as const), n: fc.nat(100) }),
    fc.record({ do: fc.constant('others' as const), n: fc.nat(6) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const lane = createLane([queue('a'), queue('b', 2)], 3);
      const underWay: string[] = [];
      let [replicas, others, now] = [null as number | null, 0, 0];
      for (const { do: what, n } of steps) {
        now += 3;
        if (what === 'replicas') lane.setReplicas((replicas = n), now);
        if (what === 'others') lane.setOthers(new Map([['b', (others = n)]]));
        if (what === 'end' && underWay.length > 0) {
          lane.ended(ended(underWay.splice(n % underWay.length, 1)[0] as string), now);
        }
        if (what === 'claim') {
          for (const want of lane.wants(now)) {
            lane.claimed(want, some(want.queue, Math.min(want.tasks, n)), now);
            lane.wake(want.queue);
          }
        }
        for (let next = lane.next(now); next; next = lane.next(now)) {
          underWay.push(next.task.queue);
          assert.ok(underWay.length + others <= (replicas === 0 ? 1 : (replicas ?? 0) * 3));
          if (next.task.queue === 'b') {
            assert.ok(underWay.filter((each) => each === 'b').length + others <= 2);
          }
        }
        assert.equal(lane.underWay(), underWay.length);
      }
    }),
  );
});

test('what was claimed long ago does not begin, and is given back; what comes after it does', () => {
  const lane = createLane([queue('mail'), queue('reports')], 4);
  lane.setReplicas(1, 0);
  lane.claimed({ queue: 'mail', tasks: 2 }, some('mail', 1), 0);
  lane.claimed({ queue: 'reports', tasks: 2 }, some('reports', 1), 3_500);
  assert.equal(lane.next(4_000)?.task.queue, 'reports');
  assert.equal(lane.next(4_000), null);
  assert.equal(lane.unbegun(3_000).length, 1);
});

test('very many are claimed in several steps', () => {
  const lane = createLane([queue('mail')], 2_000);
  lane.setReplicas(1, 0);
  const [want] = lane.wants(0);
  assert.ok(want !== undefined && want.tasks === 500);
  lane.claimed(want, some('mail', 500), 0);
  while (lane.next(0));
  assert.equal(lane.wants(0)[0]?.tasks, 500);
});

test('of those that broke twice one is under way at a time, and the others hold up nobody', () => {
  const lane = createLane([queue('mail'), queue('reports')], 4);
  lane.setReplicas(1, 0);
  const broken = (breaks: number, name = 'mail'): Claimed => ({ ...task(name), breaks });
  const claim = (tasks: readonly Claimed[], name = 'mail'): readonly Claimed[] =>
    lane.claimed({ queue: name, tasks: tasks.length }, tasks, 0);
  const [first, second, third] = [broken(2), broken(5), broken(2, 'reports')];
  assert.deepEqual(claim([first, broken(1), second, broken(0)]), [second]);
  assert.deepEqual(claim([third], 'reports'), [third]);
  assert.equal(lane.unbegun(-1).length, 0);
  assert.equal(lane.next(0)?.task, first);
  while (lane.next(0));
  assert.deepEqual(claim([second]), [second]);
  lane.ended(ended('mail'), 0);
  assert.deepEqual(claim([second]), [second], 'another has ended');
  lane.ended(first, 0);
  assert.deepEqual(claim([second]), []);
  // One that never began makes room as well.
  assert.deepEqual(lane.unbegun(0), [second]);
  assert.deepEqual(claim([third], 'reports'), []);
});
