import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testReplica as replica } from '../../test/support/replica.ts';
import { planReconcile, type Wanted } from './reconcile-plan.ts';
import type { Replica } from './roster.ts';

const wanted = (count: number, alsoCounts: readonly string[] = []): Wanted => ({
  count,
  revision: 'r1',
  alsoCounts: new Set(alsoCounts),
});
const ids = (replicas: readonly Replica[]): readonly string[] => replicas.map(({ id }) => id);

test('starts what is missing and counts what is already coming', () => {
  const { start } = planReconcile([replica('a', { state: 'starting' })], wanted(3), true);
  assert.equal(start, 2);
});

test('starts nothing while a failed start is backed off from', () => {
  assert.equal(planReconcile([], wanted(3), false).start, 0);
});

test('lets the ones go that are missed least: not yet serving, failing their checks, the youngest', () => {
  const replicas = [
    replica('old', { startedAt: 1 }),
    replica('young', { startedAt: 9 }),
    replica('sick', { startedAt: 0, unhealthySince: 5 }),
    replica('coming', { startedAt: 10, state: 'starting' }),
  ];
  assert.deepEqual(ids(planReconcile(replicas, wanted(1), true).retire), [
    'coming',
    'sick',
    'young',
  ]);
});

test('what drains counts neither as there nor as to be retired again', () => {
  const { start, retire } = planReconcile([replica('a', { state: 'draining' })], wanted(1), true);
  assert.equal(start, 1);
  assert.deepEqual(retire, []);
});

test('a condemned replica leaves only when its substitute is ready', () => {
  const condemned = replica('bad', { condemned: 'above its memory' });
  const first = planReconcile([condemned], wanted(1), true);
  assert.deepEqual({ start: first.start, retire: ids(first.retire) }, { start: 1, retire: [] });

  const coming = planReconcile([condemned, replica('new', { state: 'starting' })], wanted(1), true);
  assert.deepEqual({ start: coming.start, retire: ids(coming.retire) }, { start: 0, retire: [] });

  const ready = planReconcile([condemned, replica('new')], wanted(1), true);
  assert.deepEqual(ids(ready.retire), ['bad']);
});

test('replicas of another revision are replaced start-first', () => {
  const old = [replica('a', { revision: 'r0' }), replica('b', { revision: 'r0' })];
  assert.equal(planReconcile(old, wanted(2), true).start, 2);
  assert.deepEqual(planReconcile([...old, replica('c')], wanted(2), true).retire.length, 1);
});

test('property: ready capacity never falls below desired because of a plan, and plans come to rest', () => {
  const state = fc.constantFrom('starting', 'ready', 'draining' as const);
  const one = fc.record({
    state,
    condemned: fc.constantFrom(null, 'bad'),
    revision: fc.constantFrom('r0', 'r1'),
    startedAt: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.nat(8), (parts, desired) => {
      const replicas = parts.map((part, index) => replica(`r-${index}`, part as Partial<Replica>));
      const { start, retire } = planReconcile(replicas, wanted(desired), true);
      const ready = replicas.filter((each) => each.state === 'ready');
      const kept = ready.filter((each) => !retire.includes(each));
      assert.ok(kept.length >= Math.min(desired, ready.length));
      assert.ok(retire.every((each) => each.state !== 'draining'));
      assert.equal(new Set(retire).size, retire.length);
      assert.ok(start >= 0 && start <= desired);
    }),
  );
});

test('while a deployment goes on, replicas of the revision it replaces count, and newcomers are of the new one', () => {
  const old = [replica('a', { revision: 'r0' }), replica('b', { revision: 'r0' })];
  assert.deepEqual(planReconcile(old, wanted(2, ['r0']), true), { start: 0, retire: [] });
  assert.equal(planReconcile(old, wanted(3, ['r0']), true).start, 1, 'the surge');
  assert.equal(planReconcile(old, wanted(2), true).start, 2, 'afterwards they do not count');
});
