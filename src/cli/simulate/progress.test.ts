import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressText, showProgress } from './progress.ts';

test('progress counts replays and says how long it will still take, once that can be told', () => {
  const at = (ended: number, done: number, tookMs: number): string =>
    progressText({ jobs: 540, ended, done }, tookMs);
  assert.equal(at(0, 0.01, 60_000), 'replayed 0 of 540, 1 %');
  assert.equal(at(120, 0.25, 20_000), 'replayed 120 of 540, 25 %; about 1 min left');
  assert.equal(at(500, 0.9, 600_000), 'replayed 500 of 540, 90 %; about 1 min 10 s left');
});

test('reading a long file is told, and is not counted where it is said how long the replays will take', () => {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text) > 0, columns: 80 };
  let now = 0;
  const view = showProgress(terminal, () => now);
  view.read('a\u001b[31mb', 0.406);
  assert.equal(written.at(-1), '\r\u001b[Kreading ab, 40 %');
  now = 60_000;
  view.show({ jobs: 4, ended: 0, done: 0 });
  now = 62_000;
  view.show({ jobs: 4, ended: 1, done: 0.25 });
  assert.equal(written.at(-1), '\r\u001b[Kreplayed 1 of 4, 25 %; about 6 s left');
  view.close();
});

test('nothing is drawn where nobody looks, and on a terminal not with every word of it', () => {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text) > 0, columns: 80 };
  let now = 0;
  const view = showProgress(terminal, () => now);
  for (now = 0; now < 1_000; now += 10) view.show({ jobs: 4, ended: 1, done: 0.25 });
  assert.equal(written.length, 5);
  view.close();
  assert.equal(written.at(-1), '\r\u001b[K');
  const nobody = showProgress(null, () => now);
  nobody.show({ jobs: 4, ended: 1, done: 0.25 });
  nobody.close();
});
