import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import type { ConfigFile } from '../spec/configuration.ts';
import type { Configuration } from '../spec/configuration.ts';
import { watchConfig } from './config-watch.ts';
import { marksOf } from './file-marks.ts';
import { readConfigApart } from './read-config.ts';

const EVERY_MS = 20;

interface Watched {
  readonly path: string;
  readonly told: ConfigFile[];
  /** What was told after this change. */
  after(change: () => void): Promise<ConfigFile>;
  stop(): void;
}

type Read = (path: string, signal: AbortSignal) => Promise<Configuration>;

/** However long a busy machine takes for it. */
const readApart: Read = async (path, signal) =>
  (await readConfigApart(path, signal, 60_000)).configuration;

function watch(t: TestContext, read: Read = readApart): Watched {
  const path = join(temporaryFolder(t), 'tidegate.config.json');
  write(path, 'one');
  return watchAs(t, path, read);
}

function watchAs(
  t: TestContext,
  path: string,
  read: Read = readApart,
  seen = marksOf(path),
): Watched {
  const told: ConfigFile[] = [];
  const onChange = (file: ConfigFile): void => {
    told.push(file);
    if (told.length === 1) throw new Error('a listener that fails once');
  };
  const stop = watchConfig(path, seen, read, onChange, EVERY_MS);
  t.after(stop);
  return {
    path,
    told,
    stop,
    async after(change) {
      const before = told.length;
      change();
      await until('the change is told', () => told.length > before, 60_000);
      return told.at(-1) as ConfigFile;
    },
  };
}

function write(path: string, name: string): void {
  writeFileSync(path, JSON.stringify({ name, services: { app: { command: 'node app.js' } } }));
}

function nameIn(file: ConfigFile): string {
  return file.kind === 'readable' ? file.configuration.spec.name : file.problem;
}

test('a file that is written, replaced, broken, gone and there again is told each time', async (t) => {
  const { path, told, after } = watch(t);
  assert.equal(nameIn(await after(() => write(path, 'second'))), 'second');
  const replaced = await after(() => {
    write(`${path}.new`, 'third');
    renameSync(`${path}.new`, path);
  });
  assert.equal(nameIn(replaced), 'third');
  const wrong = await after(() => writeFileSync(path, '{"services":{"app":{"comand":1}},"x":2}'));
  assert.equal(wrong.kind, 'broken');
  assert.match(nameIn(wrong), /problems: \S.* …$/);
  const gone = await after(() => rmSync(path));
  assert.deepEqual(gone, { kind: 'broken', problem: `${path} is gone or cannot be read.` });
  assert.equal(nameIn(await after(() => write(path, 'again'))), 'again');
  assert.equal(told.length, 5);
});

test('what was changed between the first reading and the watch is told', async (t) => {
  const path = join(temporaryFolder(t), 'tidegate.config.json');
  write(path, 'one');
  const seen = marksOf(path);
  write(path, 'changed-early');
  const { told } = watchAs(t, path, readApart, seen);
  await until('it is told', () => told.length === 1, 60_000);
  assert.equal(nameIn(told[0] as ConfigFile), 'changed-early');
});

test('a change is read once, and nothing is told after the end', async (t) => {
  let read = 0;
  const first = watch(t, (file, signal) => {
    read++;
    return readApart(file, signal);
  });
  await first.after(() => write(first.path, 'second'));
  // Another watcher shows that time has passed for the first one too.
  const other = watchAs(t, first.path);
  await other.after(() => write(first.path, 'third'));
  await until('the first has it too', () => first.told.length === 2, 60_000);
  first.stop();
  await other.after(() => write(first.path, 'the fourth'));
  await other.after(() => write(first.path, 'number five'));
  assert.deepEqual([read, first.told.length], [2, 2]);
});

test('a reading that takes long is never joined by another, and the end of the watch ends it', async (t) => {
  let underWay = 0;
  let ended = false;
  const { path, told, stop } = watch(t, (_path, signal) => {
    underWay++;
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        ended = true;
        reject(new Error('ended'));
      });
    });
  });
  write(path, 'second');
  await until('it is read', () => underWay === 1);
  const other = watchAs(t, path);
  await other.after(() => write(path, 'the third'));
  await other.after(() => write(path, 'number four'));
  stop();
  await until('the reading has ended', () => ended);
  assert.deepEqual([underWay, told.length], [1, 0]);
});
