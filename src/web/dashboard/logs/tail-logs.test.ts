import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { until } from '../../../../test/support/until.ts';
import { tailLogs } from './tail-logs.ts';

const LINE = `${JSON.stringify({ service: 'api', replica: 'api-1', text: 'naïve ✓' })}\n`;

/** Answers each request with the next; what is told stands in `heard`. */
function tail(t: TestContext, answers: readonly (() => Response)[]) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const heard: string[] = [];
  const asked: string[] = [];
  t.mock.method(globalThis, 'fetch', async (path: string) => {
    const answer = answers[asked.push(path) - 1];
    if (!answer) throw new TypeError('fetch failed');
    return answer();
  });
  const left = new AbortController();
  const ended = tailLogs(
    'api',
    {
      lines: (entries) => void heard.push(...entries.map(({ text }) => text)),
      state: (problem) => void heard.push(problem ?? 'follows'),
      again: () => void heard.push('again'),
    },
    left.signal,
  );
  return { heard, asked, left, ended };
}

/** A stream that ends, cut in the middle of a letter. */
function cut(): Response {
  const bytes = new TextEncoder().encode(LINE);
  const at = bytes.indexOf(0xc3) + 1;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, at));
      controller.enqueue(bytes.slice(at));
      controller.close();
    },
  });
  return new Response(body);
}

test('lines are told as they come, and a stream that ends is asked for again after a while', async (t) => {
  const { heard, asked, left, ended } = tail(t, [cut, cut]);
  await until('the stream ended', () => heard.some((each) => each.includes('ended')));
  assert.deepEqual(heard.slice(0, 3), ['again', 'follows', 'naïve ✓']);
  assert.match(asked[0] ?? '', /^\/api\/v1\/logs\?service=api&lines=500&follow=true$/);
  assert.equal(asked.length, 1, 'not at once');
  await until('it is asked for again', () => {
    t.mock.timers.tick(3000);
    return asked.length > 1;
  });
  left.abort();
  await ended;
});

test('a refusal is told in its words, silence in ours, and whoever leaves is told no more', async (t) => {
  const refused = (): Response =>
    Response.json({ detail: 'There are 64 open streams already.' }, { status: 503 });
  const { heard, asked, left, ended } = tail(t, [refused]);
  await until('it was refused', () => heard.length > 0);
  assert.deepEqual(heard, ['There are 64 open streams already.']);
  await until('nobody answers', () => {
    t.mock.timers.tick(3000);
    return heard.some((each) => each.includes('does not answer'));
  });
  left.abort();
  await ended;
  const before = [heard.length, asked.length];
  t.mock.timers.tick(60_000);
  assert.deepEqual([heard.length, asked.length], before);
});
