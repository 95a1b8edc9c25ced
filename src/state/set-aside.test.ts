import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { killedNode } from '../../test/support/killed-node.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { codeOf } from '../kit/errors.ts';
import { MIGRATIONS } from './migrate.ts';
import { openStore } from './open.ts';
import { openOrSetAside } from './set-aside.ts';
import type { Store } from './store.ts';

const NOW = Date.parse('2026-11-21T11:48:21.123Z');
const clock = { now: () => NOW };

test('a damaged file is moved aside whole, for its owner only, and a new one begun under the same nonce', (t) => {
  const path = written(t);
  const { nonce } = openAndClose(path);
  const text = Buffer.from('a shopping list\n'.repeat(500));
  writeFileSync(path, text, { mode: 0o644 });
  writeFileSync(`${path}-wal`, 'more of it');
  const { store, setAside } = openOrSetAside(path, clock);
  t.after(() => store.close());
  assert.equal(setAside, `${path}.damaged-20261121T114821123Z`);
  assert.deepEqual(readFileSync(setAside), text);
  assert.equal(readFileSync(`${setAside}-wal`, 'utf8'), 'more of it');
  for (const file of [setAside, path]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
  assert.equal(store.nonce, nonce);
  assert.deepEqual(store.replicas.live(), []);
});

test('a sound file stays where it is', (t) => {
  const path = written(t);
  const { store, setAside } = openOrSetAside(path, clock);
  t.after(() => store.close());
  assert.equal(setAside, null);
  assert.equal(store.replicas.live().length, ROWS);
});

test('of the files set aside the newest three are kept', (t) => {
  const path = join(temporaryFolder(t), 'state.db');
  for (let second = 0; second < 5; second++) {
    writeFileSync(path, 'x'.repeat(500));
    writeFileSync(`${path}-wal`, 'x');
    openOrSetAside(path, { now: () => NOW + Math.min(second, 3) * 1000 }).store.close();
  }
  const names = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'));
  assert.deepEqual(
    [...new Set(names.map((name) => name.replace(/-(wal|shm)$/, '')))].sort(),
    ['23123Z', '24123Z', '24124Z'].map((end) => `${basename(path)}.damaged-20261121T1148${end}`),
  );
});

test('a file of a newer version and a nonce that is none are left alone', (t) => {
  const path = written(t);
  sql(path, 'PRAGMA user_version = 999');
  assert.throws(() => openOrSetAside(path, clock), { code: 'STATE_TOO_NEW' });
  const other = written(t);
  const nonce = join(dirname(other), 'nonce');
  writeFileSync(nonce, 'short');
  assert.throws(() => openOrSetAside(other, clock), {
    code: 'STATE_CORRUPT',
    facts: { path: nonce },
  });
  for (const file of [path, other]) {
    assert.ok(existsSync(file));
    assert.ok(!readdirSync(dirname(file)).some((name) => name.includes('damaged')));
  }
});

test('a database that is sound and not ours is set aside', (t) => {
  for (const change of [
    'DROP TABLE facts',
    'ALTER TABLE controls RENAME COLUMN pinned TO spinned',
    'PRAGMA user_version = 0',
    'PRAGMA user_version = -1',
    'PRAGMA user_version = 1000000',
    `UPDATE replicas SET started_at = ${2n ** 60n}`,
    "UPDATE project SET nonce = 'short'",
  ]) {
    const path = written(t);
    sql(path, change);
    // With its file the nonce of the state file does not matter.
    const nonceMatters = change.includes('nonce');
    assert.equal(openAndClose(path).setAside === null, nonceMatters, change);
  }
});

test('a file whose header says that only others may write it is damaged, and no full disk', (t) => {
  const path = written(t);
  const bytes = readFileSync(path);
  bytes[18] = 9;
  writeFileSync(path, bytes);
  assert.notEqual(openAndClose(path).setAside, null);
});

/** What may happen to a file: cut off at a place, or bytes of it overwritten. */
const anyDamage = fc.record({
  cutAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
  blots: fc.array(
    fc.record({
      // The first page says what the rest is, so it gets its share.
      at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(99)),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    }),
    { maxLength: 4 },
  ),
});

for (const kind of ['closed', 'killed'] as const) {
  test(`whatever happens to a ${kind} file, it opens or is set aside`, (t) => {
    const source = kind === 'closed' ? written(t) : killed(t);
    const path = join(temporaryFolder(t), 'state.db');
    fc.assert(
      fc.property(anyDamage, anyDamage, (damage, damageOfLog) => {
        replaceBy(path, readFileSync(source));
        spoil(path, damage);
        if (existsSync(`${source}-wal`)) {
          copyFileSync(`${source}-wal`, `${path}-wal`);
          spoil(`${path}-wal`, damageOfLog);
        }
        const version = readFileSync(path).subarray(60, 64);
        let opened;
        try {
          opened = openOrSetAside(path, clock);
        } catch (thrown) {
          // The bytes of the version may have become those of a newer one.
          const newer = version.length === 4 && version.readInt32BE() > MIGRATIONS.length;
          assert.ok(newer && codeOf(thrown) === 'STATE_TOO_NEW', String(thrown));
          return;
        }
        try {
          opened.store.replicas.live();
          opened.store.controls.get('api');
          opened.store.revisions.current('api');
          opened.store.deployments.last();
          for (const use of USES) attempt(() => use(opened.store));
        } finally {
          attempt(() => opened.store.close());
        }
      }),
      { numRuns: 150 },
    );
  });
}

test('a file cut off at any page, or one byte to either side of it, opens or is set aside', (t) => {
  const source = written(t);
  const bytes = readFileSync(source);
  const path = join(temporaryFolder(t), 'state.db');
  for (let page = 0; page * 4096 <= bytes.length; page += page < 8 ? 1 : 7) {
    for (const length of [page * 4096 - 1, page * 4096, page * 4096 + 1]) {
      if (length < 0) continue;
      replaceBy(path, bytes.subarray(0, length));
      openAndClose(path);
    }
  }
});

// Private

const ROWS = 40;

/** All else that is read and written; it may say that the file is damaged, and nothing else. */
const USES: readonly ((store: Store) => unknown)[] = [
  (store) => store.revisions.previous('api'),
  (store) => store.revisions.list('api'),
  (store) => store.decisions.last('api', 1000),
  (store) => store.incidents.list('api', 0, NOW, 1000),
  (store) => store.samples.range('api', 0, NOW, 1000),
  (store) => store.replicas.recent('api', 1000),
  (store) => store.replicas.nextNumber('api'),
  (store) => store.facts.get('fact 1'),
  (store) => store.memories.get('api'),
  (store) => store.sweep(NOW),
];

function attempt(use: () => unknown): void {
  try {
    use();
  } catch (thrown) {
    assert.equal(codeOf(thrown), 'STATE_CORRUPT', String(thrown));
  }
}

function openAndClose(path: string): { readonly nonce: string; readonly setAside: string | null } {
  const { store, setAside } = openOrSetAside(path, clock);
  store.close();
  return { nonce: store.nonce, setAside };
}

/** A state file with something in every table, closed. */
function written(t: Parameters<typeof temporaryFolder>[0]): string {
  const path = join(temporaryFolder(t), 'state.db');
  const store = openStore(path, clock);
  fill(store);
  store.close();
  return path;
}

/** The same, its writer killed: much of it stands in the write-ahead log. */
function killed(t: Parameters<typeof temporaryFolder>[0]): string {
  const path = written(t);
  killedNode(`
    const { openStore } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))});
    const store = openStore(${JSON.stringify(path)}, { now: () => ${NOW} });
    for (let i = 0; i < 200; i++) store.facts.set('fact ' + i, 'y'.repeat(300));
    process.kill(process.pid, 'SIGKILL');`);
  return path;
}

function fill(store: Store): void {
  for (let i = 1; i <= ROWS; i++) {
    const at = NOW - i * 1000;
    const number = store.replicas.nextNumber('api');
    store.replicas.put({
      id: `api-${number}`,
      service: 'api',
      revision: 'r1',
      state: 'ready',
      host: '127.0.0.1',
      port: 20_000 + i,
      pid: i,
      identity: { pid: i },
      startedAt: at,
      readyAt: at,
      stoppedAt: null,
      note: null,
    });
    store.facts.set(`fact ${i}`, 'x'.repeat(300));
    store.revisions.use({ service: 'api', id: `r${i}`, definition: { i }, createdAt: at });
    store.incidents.add({ at, service: 'api', replica: null, code: 'X', message: 'x'.repeat(50) });
    store.samples.add({ service: 'api', at, ready: 1, desired: 1, signals: { cpu: 0.5 } });
    store.decisions.insert({
      service: 'api',
      at,
      until: at,
      times: 1,
      policy: 'linear',
      current: 1,
      raw: 1,
      stabilised: 1,
      limited: 1,
      desired: i,
      applied: null,
      binding: 'none',
      reasons: [],
      signals: {},
    });
    store.deployments.insert({
      kind: 'deploy',
      service: null,
      state: 'done',
      startedAt: at,
      endedAt: at,
      detail: { i },
    });
  }
  store.controls.setPinned('api', 3);
}

/** The folder stays as it is, with its nonce. */
function replaceBy(path: string, bytes: Buffer): void {
  for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true });
  writeFileSync(path, bytes);
}

type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function spoil(path: string, { cutAt, blots }: Damage): void {
  let bytes = readFileSync(path);
  for (const { at, bytes: blot } of blots) {
    const offset = Number.isInteger(at) ? at : Math.floor(at * bytes.length);
    bytes.set(blot.subarray(0, Math.max(0, bytes.length - offset)), Math.min(offset, bytes.length));
  }
  if (cutAt !== null) bytes = bytes.subarray(0, Math.floor(cutAt * bytes.length));
  writeFileSync(path, bytes);
}

function sql(path: string, text: string): void {
  const raw = new DatabaseSync(path);
  raw.exec(text);
  raw.close();
}
