import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { taskView } from '../../../test/support/fake-tasks.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { register } from './task.ts';

const ID = 'f'.repeat(32);
const config = (folder: string): string[] => ['-c', `${folder}/tidegate.config.ts`];

test('send hands over the body and what was wished, and names the task', async (t) => {
  const web = await startFakeWeb(t);
  const wishes = ['--delay', '10m', '--priority', '-5', '--timeout', '30s', '--retries', '0'];
  const args = ['task', 'send', 'mails', '{"to": 7}', ...wishes, ...config(folderOf(t, web))];
  const { code, out, err } = await runCommand(register, args);
  assert.equal(code, 0);
  assert.deepEqual(web.control.tasks.sent, [
    {
      queue: 'mails',
      body: Buffer.from('{"to": 7}'),
      contentType: 'application/json',
      delayMs: 600_000,
      priority: -5,
      timeoutMs: 30_000,
      retries: 0,
    },
  ]);
  const { id } = taskView();
  assert.deepEqual(out, [`${id} is queued in mails.`]);
  assert.match(err[0] as string, new RegExp(`task show ${id} --follow`));
  const json = await runCommand(register, [...args, '--json']);
  assert.deepEqual(JSON.parse(json.out[0] as string), taskView({ queue: 'mails' }));
});

test('send --wait tells how it went', async (t) => {
  const web = await startFakeWeb(t);
  const ended = { state: 'succeeded', attempt: 1, finishedAt: '2026-03-01T12:00:01.000Z' } as const;
  web.control.tasks.show = async () => taskView(ended);
  const args = ['task', 'send', 'default', 'x', '--wait', '30s', ...config(folderOf(t, web))];
  const { code, out } = await runCommand(register, args);
  assert.deepEqual([code, process.exitCode], [0, 0]);
  assert.match(out.at(-1) as string, /attempt 1 succeeded/);
});

test('send hands over a key and a callback, and refuses numbers by the names of the options', async (t) => {
  const web = await startFakeWeb(t);
  const args = ['task', 'send', 'mails', '1', ...config(folderOf(t, web))];
  const callback = 'https://hooks.example.org/done';
  await runCommand(register, [...args, '--key', 'order-7', '--callback', callback]);
  const [sent] = web.control.tasks.sent;
  assert.deepEqual([sent?.key, sent?.callback], ['order-7', callback]);
  const { code, err } = await runCommand(register, [...args, '--retries', '101']);
  assert.equal(code, 2);
  assert.match(err[0] as string, /--retries takes a whole number from 0 to 100, not "101"/);
});

test('what cannot be asked for is said in the words of the command', async (t) => {
  const web = await startFakeWeb(t);
  const folder = config(folderOf(t, web));
  const { current } = web.control;
  const queues = [{ name: 'mails' }] as unknown as typeof current.tasks.queues;
  web.control.current = { ...current, tasks: { ...current.tasks, queues } };
  for (const [args, sentence] of [
    [['list', '--last', '5000'], /--last takes a whole number from 1 to 1000, not "5000"/],
    [['show', 'abc'], /"abc" is not the id of a task/],
    [['cancel', 'abc'], /"abc" is not the id of a task/],
    [['list', '--queue', 'mail'], /There is no queue named "mail"\.\n?.*Did you mean mails\?/s],
    [['list', '--queue', 'x'], /There is no queue named "x"\.\n?.*The queues are: mails\./s],
  ] as const) {
    const { code, err } = await runCommand(register, ['task', ...args, ...folder]);
    assert.equal(code, 2, args.join(' '));
    assert.match(err.join('\n'), sentence);
  }
  const none = await runCommand(register, ['task', 'list', '--queue', 'mails', ...folder]);
  assert.deepEqual([none.code, none.out], [0, ['There are no such tasks.']]);
});

test('list shows a task in a line, and what went wrong lately', async (t) => {
  const web = await startFakeWeb(t);
  const folder = config(folderOf(t, web));
  const none = await runCommand(register, ['task', 'list', ...folder]);
  assert.deepEqual(none.out, ['There are no such tasks.']);
  web.control.tasks.known = [
    taskView({ id: ID, state: 'failed', attempt: 6, error: 'The service\nanswered 500.' }),
    taskView({ queue: 'mails' }),
  ];
  const filter = ['--queue', 'mails', '--state', 'failed', '--last', '3'];
  const { out } = await runCommand(register, ['task', 'list', ...filter, ...folder]);
  assert.deepEqual(web.control.tasks.filters.at(-1), { queue: 'mails', state: 'failed', limit: 3 });
  assert.deepEqual(
    out.map((line) => line.replace(/\S+( \S+ \S+ \S+)? ago +/, 'AGO  ').replace(/ +/g, ' ')),
    [
      'task queue state sent attempts lately',
      `${ID} default failed AGO 6 The service answered 500.`,
      '0123456789abcdef0123456789abcdef mails queued AGO 0',
    ],
  );
});

test('show tells the story, retry and cancel take many, and what cannot be done is said', async (t) => {
  const web = await startFakeWeb(t);
  const folder = config(folderOf(t, web));
  const { id } = taskView();
  const failed = taskView({ state: 'failed', finishedAt: '2026-03-01T12:00:01.000Z' });
  web.control.tasks.known = [failed, taskView({ id: ID })];
  const shown = await runCommand(register, ['task', 'show', id, ...folder]);
  assert.match(shown.out[0] as string, new RegExp(`^${id} {2}failed {2}default`));
  const json = await runCommand(register, ['task', 'show', id, '--json', ...folder]);
  assert.deepEqual(JSON.parse(json.out[0] as string), failed);

  const again = await runCommand(register, ['task', 'retry', id, ID, ...folder]);
  assert.deepEqual([again.code, again.out], [1, [`${id} is queued once more.`]]);
  assert.match(again.err[0] as string, /has not ended/);
  const cancelled = await runCommand(register, ['task', 'cancel', ID, '--json', ...folder]);
  assert.equal(JSON.parse(cancelled.out[0] as string).state, 'cancelled');
  const unknown = await runCommand(register, ['task', 'show', 'a'.repeat(32), ...folder]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err[0] as string, /There is no task a+/);
});

test('what cannot be read is refused before anything is sent', async () => {
  const wrong = [
    ['send', 'q', '--delay', 'soon'],
    ['send', 'q', '--wait', '{}'],
    ['send', 'q', '--retries', 'many'],
    ['send', 'q', 'a', '--file', 'b'],
    ['list', '--state', 'lost'],
    ['list', '--last', '0'],
    ['show'],
  ];
  for (const args of wrong) {
    assert.equal((await runCommand(register, ['task', ...args])).code, 2, args.join(' '));
  }
});
