import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usefulReplicas } from './useful.ts';

const push = (concurrency: number | null) => ({ delivery: 'push', concurrency }) as const;
const pull = (concurrency: number | null) => ({ delivery: 'pull', concurrency }) as const;
const work = (waiting: number, running = 0) => ({ waiting, running });

test('a capped queue keeps as many busy as its cap fills', () => {
  assert.equal(usefulReplicas([[push(20), work(1_000)]], 10), 2);
  assert.equal(usefulReplicas([[push(21), work(1_000)]], 10), 3);
  assert.equal(usefulReplicas([[push(4), work(1_000)]], 10), 1);
  assert.equal(usefulReplicas([[push(4), work(1_000, 4)]], 1), 4);
  assert.equal(usefulReplicas([[push(40), work(3, 2)]], 10), 4, 'however few there are');
});

test('caps of several queues add up, and one without a cap that has work lifts them all', () => {
  const full = work(100);
  assert.equal(
    usefulReplicas(
      [
        [push(15), full],
        [push(15), full],
      ],
      10,
    ),
    3,
  ); // prettier-ignore
  assert.equal(
    usefulReplicas(
      [
        [push(15), full],
        [push(null), full],
      ],
      10,
    ),
    null,
  );
  assert.equal(
    usefulReplicas(
      [
        [push(15), full],
        [push(null), work(0, 1)],
      ],
      10,
    ),
    null,
  );
  assert.equal(
    usefulReplicas(
      [
        [push(15), full],
        [push(null), work(0)],
      ],
      10,
    ),
    2,
  );
  assert.equal(usefulReplicas([[push(15), work(0)]], 10), null, 'nothing is known of what comes');
});

test('of who fetches tasks nobody knows how many each takes', () => {
  assert.equal(usefulReplicas([[pull(4), work(100)]], 10), 4);
});
