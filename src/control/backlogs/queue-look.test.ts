import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueSpec } from '../../spec/tasks.ts';
import type { QueueDepth } from '../../tasks/books.ts';
import { createOwnLooks, foreignLook } from './queue-look.ts';

const SPECS = {
  push: { delivery: 'push', concurrency: 40 },
  pull: { delivery: 'pull', concurrency: 3 },
} as unknown as Readonly<Record<string, QueueSpec>>;

function depth(queue: string, changes: Partial<QueueDepth> = {}): [string, QueueDepth] {
  const none = { waiting: 0, later: 0, running: 0, oldestMs: null };
  const ended = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  return [queue, { queue, ...none, ...ended, ...changes }];
}

test('queues of one service add up, the oldest is the oldest, and leases of workers that fetch are told', () => {
  const depths = new Map([
    depth('push', { waiting: 3, later: 9, running: 2, oldestMs: 500 }),
    depth('pull', { waiting: 4, running: 5, oldestMs: 900 }),
    depth('other', { waiting: 100, oldestMs: 9_000 }),
  ]);
  const look = createOwnLooks().look(['push', 'pull'], depths, SPECS, 1000);
  assert.deepEqual(look, {
    at: 1000,
    waiting: 7,
    oldestMs: 900,
    leased: 5,
    useful: 7,
    arrivingPerSecond: null,
    finished: null,
  });
});

test('what came and what went is told from totals: an attempt that is tried again is both', () => {
  const looks = createOwnLooks();
  const at = (second: number, changes: Partial<QueueDepth>) =>
    looks.look(['push'], new Map([depth('push', changes)]), SPECS, second * 1000);
  at(0, { sent: 100, succeeded: 50 });
  const next = at(2, { sent: 120, succeeded: 56, failed: 1, retried: 4 });
  assert.deepEqual([next.finished, next.arrivingPerSecond], [11, 12]);
  for (let second = 3; second <= 15; second++) at(second, { sent: 120, succeeded: 56 });
  assert.equal(at(16, { sent: 120, succeeded: 56 }).arrivingPerSecond, 0, 'ten seconds later');
  const back = at(1, { sent: 121, succeeded: 57 });
  assert.deepEqual([back.finished, back.arrivingPerSecond], [null, null], 'a clock set back');
});

test('other queues than before compare with nothing', () => {
  const looks = createOwnLooks();
  const depths = new Map([
    depth('push', { sent: 5 }),
    depth('pull', { sent: 1000, succeeded: 1000 }),
  ]);
  looks.look(['push'], depths, SPECS, 0);
  assert.equal(looks.look(['push', 'pull'], depths, SPECS, 1000).finished, null);
});

test('of a queue of others what it falls by was worked off, and while it grows nobody knows', () => {
  const first = foreignLook(50, null, 0);
  assert.deepEqual([first.waiting, first.finished], [50, null]);
  const fallen = foreignLook(30, first, 1000);
  assert.equal(fallen.finished, 20);
  assert.equal(foreignLook(31, fallen, 2000).finished, null);
  assert.equal(foreignLook(30, fallen, 2000).finished, null);
});
