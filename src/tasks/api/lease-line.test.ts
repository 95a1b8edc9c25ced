import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLeaseLine, type Take } from './lease-line.ts';

const never = new AbortController().signal;

/** A queue that gives away what was put into it, one at a time. */
function queueOf(): { readonly ready: number[]; readonly take: Take<number>; asked(): number } {
  const ready: number[] = [];
  let asked = 0;
  let busy = false;
  return {
    ready,
    asked: () => asked,
    async take() {
      asked += 1;
      assert.equal(busy, false, 'one question at a time');
      busy = true;
      await new Promise((resolve) => setImmediate(resolve));
      busy = false;
      return ready.splice(0, 1);
    },
  };
}

test('those who wait are served in their order, when something comes', async (t) => {
  const line = createLeaseLine<number>();
  t.after(() => line.close());
  const { ready, take } = queueOf();
  const waiting = [1, 2, 3].map(() => line.wait('q', take, 60_000, never));
  assert.equal(line.size(), 3);
  ready.push(10, 20);
  line.wake(['q', 'unknown']);
  assert.deepEqual(await Promise.all(waiting.slice(0, 2)), [[10], [20]]);
  ready.push(30);
  line.wake([]);
  assert.deepEqual(await waiting[2], [30]);
  assert.equal(line.size(), 0);
});

test('who has waited long enough, or has gone, gets nothing and is in nobody’s way', async (t) => {
  const line = createLeaseLine<number>();
  t.after(() => line.close());
  const { ready, take } = queueOf();
  const leaving = new AbortController();
  const gone = line.wait('q', take, 60_000, leaving.signal);
  const late = line.wait('q', take, 1, never);
  const staying = line.wait('q', take, 60_000, never);
  leaving.abort();
  assert.deepEqual(await Promise.all([gone, late]), [[], []]);
  ready.push(1);
  line.wake(['q']);
  assert.deepEqual(await staying, [1]);
});

test('a question that fails is answered to whom it was for; the next is asked again', async (t) => {
  const line = createLeaseLine<number>();
  t.after(() => line.close());
  const { ready, take } = queueOf();
  ready.push(1);
  const failing = line.wait('q', () => Promise.reject(new Error('away')), 60_000, never);
  const next = line.wait('q', take, 60_000, never);
  await assert.rejects(failing, /away/);
  assert.deepEqual(await next, [1]);
});
