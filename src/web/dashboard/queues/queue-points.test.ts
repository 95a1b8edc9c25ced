import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPAN_MS, rateAt, withHistory, withQueue } from './queue-points.ts';
import type { QueuePoint } from './queue-points.ts';
import type { Queue } from './queue-words.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

function queueWith(changes: Partial<Queue>): Queue {
  return { waiting: 0, sent: 0, succeeded: 0, failed: 0, cancelled: 0, ...changes } as Queue;
}

test('a queue is remembered for as long as its chart shows, and never twice at one moment', () => {
  let points: readonly QueuePoint[] = [];
  for (let second = 0; second <= SPAN_MS / 1000 + 50; second++)
    points = withQueue(points, queueWith({ waiting: second }), NOW + second * 1000);
  assert.equal(points.length, SPAN_MS / 1000);
  const again = withQueue(points, queueWith({ waiting: 7 }), NOW + SPAN_MS + 50_000);
  assert.deepEqual([again.length, again.at(-1)?.waiting], [SPAN_MS / 1000, 7]);
  const back = withQueue(points, queueWith({ waiting: 1 }), NOW + 60_000);
  assert.equal(back.at(-1)?.at, NOW + 60_000, 'a clock that was set back starts over');
});

test('a rate is of the last five seconds, of what came in and what went out', () => {
  let points: readonly QueuePoint[] = [];
  for (let second = 0; second < 20; second++) {
    const ended = second < 10 ? 0 : (second - 9) * 30;
    points = withQueue(
      points,
      queueWith({ sent: second * 10, succeeded: ended, failed: 0 }),
      NOW + second * 1000,
    );
  }
  assert.equal(rateAt(points, 19, 'sent'), 10);
  assert.equal(rateAt(points, 19, 'ended'), 30);
  assert.equal(rateAt(points, 9, 'ended'), 0);
  assert.deepEqual([rateAt(points, 0, 'sent'), rateAt(points, 99, 'sent')], [null, null]);
});

test('what waited before the page was there stands in front, without rates', () => {
  const seen = withQueue([], queueWith({ waiting: 4, sent: 9 }), NOW);
  const history = [-2000, -1000, 0].map((ms) => ({
    at: new Date(NOW + ms).toISOString(),
    ready: 1,
    desired: 1,
    signals: ms === -1000 ? {} : { backlog: 50 },
    arrivedRps: null,
  }));
  const points = withHistory(seen, history);
  assert.deepEqual(
    points.map(({ waiting }) => waiting),
    [50, null, 4],
  );
  assert.equal(rateAt(points, 2, 'sent'), null);
});

test('while nothing was heard nothing is drawn', () => {
  const before = withQueue([], queueWith({ waiting: 4 }), NOW);
  const points = withQueue(before, queueWith({ waiting: 9 }), NOW + 30_000);
  assert.deepEqual(
    points.map(({ waiting }) => waiting),
    [4, null, 9],
  );
});
