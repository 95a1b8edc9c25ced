import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decided } from '../policy/decision.ts';
import { FRESH_MEMORY } from '../policy/decision.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import type { DecisionStore, StoredDecision } from '../state/decisions.ts';
import { createBook } from './book.ts';

function scene() {
  const rows: StoredDecision[] = [];
  const calls: string[] = [];
  const store = {
    insert(row: Omit<StoredDecision, 'id'>) {
      const stored = { ...row, id: rows.length + 1 };
      rows.push(stored);
      return stored;
    },
    repeat: (id: number, until: number) => void calls.push(`repeat ${id} ${until}`),
    applied: (id: number, count: number) => void calls.push(`applied ${id} ${count}`),
  } as unknown as DecisionStore;
  const book = createBook(store);
  const write = (
    now: number,
    desired: number,
    binding: Decided['binding'] = 'none',
    raw = desired,
  ) =>
    book.write({
      service: 'api',
      now,
      scale: { policy: 'target' } as ScaleSpec,
      current: 1,
      decided: {
        raw,
        stabilised: desired,
        limited: desired,
        desired,
        binding,
        reasons: [{ kind: 'step', from: now, to: desired, by: 'test' }],
        memory: FRESH_MEMORY,
      },
      snapshot: {
        at: now,
        stable: { rps: { kind: 'value', value: 7 }, cpu: { kind: 'missing', silentMs: 1 } },
      } as unknown as Snapshot,
    });
  return { rows, calls, book, write };
}

test('a change of desired or of what binds it is a row, a repeat only moves its end', () => {
  const { rows, calls, write } = scene();
  assert.equal(write(1, 2).changed, true);
  assert.equal(write(2, 2).changed, false);
  assert.equal(write(3, 2, 'cooldown').changed, true);
  assert.equal(write(4, 3).changed, true);
  assert.equal(rows.length, 3);
  assert.deepEqual(calls, ['repeat 1 2']);
});

test('a wait for a step up and one for a step down are two rows, however short the first', () => {
  const { rows, write } = scene();
  const changes = [2, 2, 0, 0, 2].map((raw, at) => write(at, 1, 'cooldown', raw).changed);
  assert.deepEqual(changes, [true, false, true, false, true]);
  assert.deepEqual(
    rows.map(({ raw }) => raw),
    [2, 0, 2],
  );
});

test('a decision that leaves the count as it is shows its newest reasons and how often it was made', () => {
  const { book, write } = scene();
  write(1, 1);
  write(2, 1);
  const { times, until, reasons } = book.inForce('api') as StoredDecision;
  assert.deepEqual({ times, until }, { times: 2, until: 2 });
  assert.deepEqual(reasons, [{ kind: 'step', from: 2, to: 1, by: 'test' }]);
});

test('a change of the count keeps the reasons it was made for, with those of now beside them', () => {
  const { book, write } = scene();
  write(1, 2);
  write(2, 2);
  write(3, 2);
  const { reasons, lately } = book.inForce('api') as StoredDecision;
  assert.deepEqual(reasons, [{ kind: 'step', from: 1, to: 2, by: 'test' }]);
  assert.deepEqual(lately, [{ kind: 'step', from: 3, to: 2, by: 'test' }]);
});

test('signals are stored as numbers, and null where nothing is known', () => {
  const { rows, write } = scene();
  write(1, 2);
  assert.deepEqual(rows[0]?.signals, { rps: 7, cpu: null });
});

test('what was brought about is written once, when it is what was desired', () => {
  const { book, calls, write } = scene();
  write(1, 2);
  book.settled('api', 1);
  book.settled('api', 2);
  book.settled('api', 2);
  assert.deepEqual(calls, ['applied 1 2']);
});
