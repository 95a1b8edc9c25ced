import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskView } from '../../test/support/fake-tasks.ts';
import type { TaskView } from '../tasks/task.ts';
import { followTask } from './follow-task.ts';
import type { FollowTaskOptions } from './follow-task.ts';
import type { Io } from './io.ts';

const at = '2026-03-01T12:00:01.000Z';
const running = taskView({ state: 'running', attempt: 1, startedAt: at });
const failure = {
  startedAt: at,
  endedAt: at,
  outcome: 'failed',
  status: 500,
  error: 'No.',
} as const;
const waiting = taskView({ attempt: 1, attempts: [{ number: 1, ...failure }] });
const ended = taskView({
  state: 'succeeded',
  attempt: 2,
  startedAt: at,
  finishedAt: at,
  attempts: waiting.attempts,
  result: { status: 200, headers: {}, body: 'done', encoding: 'text', bytes: 4 },
});

async function follow(views: readonly TaskView[], options: Partial<FollowTaskOptions> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const io: Io = {
    out: (text) => void out.push(text.replace(/^.*\d\d:\d\d:\d\d {2}/, '')),
    err: (text) => void err.push(text),
    terminal: false,
    colour: false,
    columns: 80,
  };
  const [begun = assert.fail(), ...rest] = views;
  let last = begun;
  const client = { task: async () => (last = rest.shift() ?? last) };
  const how = { json: false, changes: false, waitMs: null, ...options };
  return { code: await followTask(client, begun, how, io), out, err };
}

test('each event is told once, then the result', async () => {
  const { code, out } = await follow([taskView(), running, running, waiting, ended]);
  assert.equal(code, 0);
  assert.deepEqual(out.slice(1), [
    'sent',
    'attempt 1 begins',
    'attempt 1 failed after 0 ms: No.',
    'attempt 2 succeeded after 0 ms: 200',
    '',
    'result 200, 4 B',
    'done',
  ]);
});

test('one that fails or is cancelled, or takes too long, is exit code 1', async () => {
  const failed = taskView({ state: 'failed', attempt: 1, finishedAt: at, error: 'No.' });
  assert.equal((await follow([failed])).code, 1);
  assert.equal((await follow([taskView({ state: 'cancelled', finishedAt: at })])).code, 1);
  const slow = await follow([running], { waitMs: 1 });
  assert.equal(slow.code, 1);
  assert.match(slow.err[0] as string, /has not ended within 1 ms, and goes on/);
});

test('as JSON, the end alone or every change', async () => {
  const views = [taskView(), running, running, ended];
  const end = await follow(views, { json: true });
  assert.deepEqual(
    end.out.map((line) => JSON.parse(line)),
    [ended],
  );
  const all = await follow(views, { json: true, changes: true });
  assert.deepEqual(
    all.out.map((line) => JSON.parse(line)),
    [taskView(), running, ended],
  );
});
