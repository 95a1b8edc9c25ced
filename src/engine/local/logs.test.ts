import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { LogQuery } from '../engine.ts';
import { sweepLogs, listLogs } from './log-folder.ts';
import { createLogMarks, readMarks } from './log-marks.ts';
import { readLogs, tailOf } from './logs.ts';

const never = new AbortController().signal;
const everything: LogQuery = { service: null, sinceMs: null, lines: 99, grep: null, follow: false };

async function texts(folder: string, query: Partial<LogQuery>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const line of readLogs(folder, { ...everything, ...query }, never)) {
    found.push(line.text);
  }
  return found;
}

test('lines of several replicas come in the order of their marks, from the moment asked for', async (t) => {
  const folder = temporaryFolder(t);
  const marks = createLogMarks();
  mkdirSync(join(folder, 'api'));
  mkdirSync(join(folder, 'web'));
  const write = (replica: string, text: string, at: number): void => {
    const path = join(folder, replica.split('-')[0] as string, `${replica}.log`);
    appendFileSync(path, `${text}\n`);
    marks.note(path, text.length + 1 + (readMarks(path).at(-1)?.offset ?? 0), at);
  };
  write('api-1', 'first', 1_000);
  write('web-1', 'second', 2_000);
  write('api-1', 'third', 3_000);
  write('api-2', 'fourth', 4_000);
  write('web-1', 'fifth', 5_000);

  assert.deepEqual(await texts(folder, {}), ['first', 'second', 'third', 'fourth', 'fifth']);
  assert.deepEqual(await texts(folder, { lines: 2 }), ['fourth', 'fifth']);
  assert.deepEqual(await texts(folder, { lines: 0 }), []);
  assert.deepEqual(await texts(folder, { sinceMs: 2_500 }), ['third', 'fourth', 'fifth']);
  assert.deepEqual(await texts(folder, { service: 'api', sinceMs: 1_500 }), ['third', 'fourth']);
  assert.deepEqual(await texts(folder, { grep: 'FI' }), ['first', 'fifth']);
});

test('the last lines, of which people are told, do not steer their terminal', async (t) => {
  const path = join(temporaryFolder(t), 'api-1.log');
  writeFileSync(
    path,
    '\tat run\r\n\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001b[0m\rover\u009b2J\n',
  );
  const log = { service: 'api', replica: 'api-1', path };
  assert.deepEqual(await tailOf(log, 2), ['\tat run', 'red over']);
});

test('old lines are read as they are taken, and a reader who leaves lets go of the files', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'api'));
  const paths = ['api-1', 'api-2'].map((replica) => join(folder, `api/${replica}.log`));
  for (const path of paths) writeFileSync(path, 'line\n'.repeat(100_000));
  const open = (): readonly string[] =>
    readdirSync('/proc/self/fd')
      // The descriptor that read the folder is closed by now.
      .filter((fd) => existsSync(`/proc/self/fd/${fd}`))
      .map((fd) => readlinkSync(`/proc/self/fd/${fd}`))
      .filter((target) => target.startsWith(folder));
  const lines = readLogs(folder, { ...everything, sinceMs: 0 }, never);
  assert.equal((await lines.next()).value?.text, 'line');
  assert.equal(open().length, 2);
  for (const path of paths) truncateSync(path);
  let rest = 0;
  for await (const _line of lines) if (++rest === 10) break;
  assert.equal(rest, 10);
  assert.deepEqual(open(), []);

  for (const path of paths) writeFileSync(path, 'line\n'.repeat(100_000));
  let all = 0;
  for await (const _line of readLogs(folder, { ...everything, sinceMs: 0 }, never)) {
    if (all++ === 0) for (const path of paths) truncateSync(path);
  }
  assert.ok(all < 200_000, 'what was emptied meanwhile had not been read beforehand');
});

test('following goes on with a log that was emptied without a copy', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'api'));
  const path = join(folder, 'api/api-1.log');
  writeFileSync(path, 'a long line before\n');
  const found: string[] = [];
  const enough = new AbortController();
  for await (const { text } of readLogs(
    folder,
    { ...everything, lines: 1, follow: true },
    AbortSignal.any([enough.signal, AbortSignal.timeout(20_000)]),
  )) {
    found.push(text);
    if (found.length === 1) writeFileSync(path, 'short\n');
    if (found.length === 2) enough.abort();
  }
  assert.deepEqual(found, ['a long line before', 'short']);
});

test('the index of a log stays small and moves with the copy when the log is emptied', (t) => {
  const path = join(temporaryFolder(t), 'x.log');
  const marks = createLogMarks();
  for (let at = 1; at <= 10_000; at++) marks.note(path, at * 10, at);
  const kept = readMarks(path);
  assert.ok(kept.length > 1_000 && kept.length <= 4_096);
  assert.deepEqual(kept.at(-1), { at: 10_000, offset: 100_000 });
  marks.note(path, 5, 10_001);
  assert.deepEqual(readMarks(path), [{ at: 10_001, offset: 5 }]);
  assert.equal(readMarks(`${path}.1`).length, kept.length);
});

test('following loses no line when the log is copied away and emptied', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'api/api-1.log');
  mkdirSync(join(folder, 'api'));
  writeFileSync(path, 'one\ntw');
  const controller = new AbortController();
  const found: string[] = [];
  const steps: Record<string, () => void> = {
    one: () => appendFileSync(path, 'o\n'),
    two: () => {
      appendFileSync(path, 'three\n');
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
      appendFileSync(path, 'four is longer than all before\n');
    },
    'four is longer than all before': () => controller.abort(),
  };
  const query = { ...everything, follow: true };
  for await (const { text } of readLogs(folder, query, controller.signal)) {
    found.push(text);
    steps[text]?.();
  }
  assert.deepEqual(found, ['one', 'two', 'three', 'four is longer than all before']);
});

test('only the newest logs of ended replicas are kept', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'api'));
  for (let number = 1; number <= 40; number++) {
    const path = join(folder, `api/api-${number}.log`);
    writeFileSync(path, 'x');
    writeFileSync(`${path}.1`, 'x');
    utimesSync(path, number, number);
  }
  sweepLogs(folder, 'api', new Set(['api-1']));
  const kept = listLogs(folder, 'api').map(({ replica }) => Number(replica.slice(4)));
  assert.deepEqual(
    kept.sort((a, b) => a - b),
    [1, ...Array.from({ length: 30 }, (_, index) => index + 11)],
  );
});
