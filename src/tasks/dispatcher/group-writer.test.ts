import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../kit/log.ts';
import { createGroupWriter, type GroupWriter } from './group-writer.ts';

interface Item {
  readonly id: string;
  readonly text: string;
}

const refused = (): Error => Object.assign(new Error('no such text'), { code: '22P05' });

function writer(write: (items: readonly Item[]) => Promise<void>): GroupWriter<Item> {
  return createGroupWriter<Item>({
    name: 'results',
    async write(items) {
      await write(items);
      return new Set(items.map(({ id }) => id));
    },
    bytesOf: ({ text }) => text.length,
    bare: (item) => ({ ...item, text: '' }),
    log: silentLog,
  });
}

test('what comes while a group is written makes the next', async () => {
  const groups: number[] = [];
  const results = writer(async (items) => {
    groups.push(items.length);
    if (groups.length === 1) for (let n = 0; n < 5; n++) add(`later ${n}`);
  });
  const noted: string[] = [];
  const add = (id: string): void => results.add({ id, text: '' }, () => noted.push(id));
  add('one');
  add('two');
  await results.empty();
  assert.deepEqual(groups, [2, 5]);
  assert.equal(noted.length, 7);
});

test('while the database is away nothing is lost, and soon no more is wanted', async () => {
  let away = true;
  let tries = 0;
  const results = writer(async () => {
    tries++;
    if (away) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
  });
  const noted: string[] = [];
  for (let n = 0; n < 20; n++) {
    const id = `${n}`;
    results.add({ id, text: 'x'.repeat(4 << 20) }, () => noted.push(id));
  }
  await until('it is tried again', () => tries >= 2);
  assert.ok(results.full());
  assert.deepEqual(noted, []);
  away = false;
  await results.empty();
  assert.equal(noted.length, 20);
  assert.ok(!results.full());
});

test('what the database does not take holds up nothing else, and is written without what it carries', async () => {
  const written: Item[] = [];
  const results = writer(async (items) => {
    if (items.some(({ text }) => text === 'poison')) throw refused();
    if (items.some(({ id }) => id === 'hopeless')) throw refused();
    written.push(...items);
  });
  const noted = new Map<string, boolean>();
  for (const [id, text] of [
    ['a', 'fine'],
    ['b', 'poison'],
    ['hopeless', 'x'],
    ['c', 'fine'],
  ] as const) {
    results.add({ id, text }, (was) => noted.set(id, was));
  }
  await results.empty();
  assert.deepEqual(written, [
    { id: 'a', text: 'fine' },
    { id: 'b', text: '' },
    { id: 'c', text: 'fine' },
  ]);
  assert.deepEqual(Object.fromEntries(noted), { a: true, b: true, hopeless: false, c: true });
});

test('what is too large to be written in time holds up nothing else for ever', async () => {
  const written: Item[] = [];
  const results = writer(async (items) => {
    if (items.some(({ text }) => text.length > 1 << 20)) throw new Error('Query read timeout');
    written.push(...items);
  });
  results.add({ id: 'a', text: 'fine' }, () => undefined);
  results.add({ id: 'large', text: 'x'.repeat(2 << 20) }, () => undefined);
  results.add({ id: 'b', text: 'fine' }, () => undefined);
  await results.empty();
  assert.deepEqual(written, [
    { id: 'a', text: 'fine' },
    { id: 'large', text: '' },
    { id: 'b', text: 'fine' },
  ]);
});
