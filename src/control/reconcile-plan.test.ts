import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { testReplica as replica } from '../../test/support/replica.ts';
import { planReconcile, whyRetired, type Coming, type Wanted } from './reconcile-plan.ts';
import type { Replica } from './roster.ts';

const wanted = (count: number, alsoCounts: readonly string[] = []): Wanted => ({
  count,
  revision: 'r1',
  alsoCounts: new Set(alsoCounts),
  coming: null,
});
const rolling = (count: number, coming: number, more: Partial<Coming> = {}): Wanted => ({
  ...wanted(count),
  revision: 'r0',
  coming: { revision: 'r1', count: coming, replaces: new Set(), trusted: false, ...more },
});
const olds = (...names: string[]): Replica[] =>
  names.map((name) => replica(name, { revision: 'r0' }));
const EJECTED = { since: 1, untilAt: 2, times: 1, reason: 'it errs', trial: null };
const ids = (replicas: readonly Replica[]): readonly string[] => replicas.map(({ id }) => id);

test('starts what is missing and counts what is already coming', () => {
  const { start } = planReconcile([replica('a', { state: 'starting' })], wanted(3));
  assert.equal(start, 2);
});

test('lets the ones go that are missed least: not yet serving, failing their checks or taken out, the youngest', () => {
  const replicas = [
    replica('old', { startedAt: 1 }),
    replica('young', { startedAt: 9 }),
    replica('sick', { startedAt: 0, unhealthySince: 5 }),
    replica('out', { startedAt: 2, ejected: EJECTED }),
    replica('coming', { startedAt: 10, state: 'starting' }),
  ];
  const { retire } = planReconcile(replicas, wanted(1));
  assert.deepEqual(ids(retire), ['coming', 'out', 'sick', 'young']);
});

test('what drains counts neither as there nor as to be retired again', () => {
  const { start, retire } = planReconcile([replica('a', { state: 'draining' })], wanted(1));
  assert.equal(start, 1);
  assert.deepEqual(retire, []);
});

test('one that was called back before it was ready counts as nothing, although it still ends', () => {
  const calledBack = replica('a', { state: 'starting' });
  calledBack.abort.abort();
  assert.deepEqual(planReconcile([calledBack], wanted(1)), {
    start: 1,
    startComing: 0,
    retire: [],
  });
});

test('a substitute that the gateway does not know yet is no reason to let anybody go', () => {
  const condemned = replica('bad', { condemned: 'above its memory' });
  const unknown = replica('new', { inGateway: false });
  assert.deepEqual(planReconcile([condemned, unknown], wanted(1)).retire, []);
});

test('a condemned replica leaves only when its substitute is ready', () => {
  const condemned = replica('bad', { condemned: 'above its memory' });
  const first = planReconcile([condemned], wanted(1));
  assert.deepEqual({ start: first.start, retire: ids(first.retire) }, { start: 1, retire: [] });

  const coming = planReconcile([condemned, replica('new', { state: 'starting' })], wanted(1));
  assert.deepEqual({ start: coming.start, retire: ids(coming.retire) }, { start: 0, retire: [] });

  const ready = planReconcile([condemned, replica('new')], wanted(1));
  assert.deepEqual(ids(ready.retire), ['bad']);
});

test('replicas of another revision are replaced start-first', () => {
  const old = [replica('a', { revision: 'r0' }), replica('b', { revision: 'r0' })];
  assert.equal(planReconcile(old, wanted(2)).start, 2);
  assert.deepEqual(planReconcile([...old, replica('c')], wanted(2)).retire.length, 1);
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
      const { start, retire } = planReconcile(replicas, wanted(desired));
      const ready = replicas.filter((each) => each.state === 'ready');
      const kept = ready.filter((each) => !retire.includes(each));
      assert.ok(kept.length >= Math.min(desired, ready.length));
      assert.ok(retire.every((each) => each.state !== 'draining'));
      assert.equal(new Set(retire).size, retire.length);
      assert.ok(start >= 0 && start <= desired);
    }),
  );
});

test('after an interrupted deployment both revisions count, and nothing is replaced', () => {
  const plan = planReconcile(olds('a', 'b'), wanted(2, ['r0']));
  assert.deepEqual(plan, { start: 0, startComing: 0, retire: [] });
  assert.equal(planReconcile(olds('a', 'b'), wanted(2)).start, 2, 'were they not to count');
});

test('substitutes are started beside the others, which stay until they are not counted any more', () => {
  const beside = planReconcile(olds('a', 'b'), rolling(2, 1));
  assert.deepEqual(beside, { start: 0, startComing: 1, retire: [] });
  const after = planReconcile([...olds('a', 'b'), replica('c')], rolling(1, 1));
  assert.deepEqual(
    { ...after, retire: after.retire.length },
    { start: 0, startComing: 0, retire: 1 },
  );
});

test('whoever dies is replaced by the old revision until the new one has shown that it works', () => {
  assert.deepEqual(planReconcile(olds('a'), rolling(2, 1)), {
    start: 1,
    startComing: 1,
    retire: [],
  });
  assert.deepEqual(planReconcile([...olds('a'), replica('c')], rolling(2, 1, { trusted: true })), {
    start: 0,
    startComing: 1,
    retire: [],
  });
});

test('a restart tells its substitutes from those of the same revision that it replaces', () => {
  const replicas = [replica('a'), replica('b')];
  const restart = { replaces: new Set(['a', 'b']), trusted: true };
  const same = { ...rolling(2, 1, restart), revision: 'r1' };
  assert.equal(planReconcile(replicas, same).startComing, 1);
  const next = planReconcile([...replicas, replica('c')], { ...same, count: 1 });
  assert.equal(next.retire.length, 1);
  assert.notEqual(next.retire[0]?.id, 'c');
});

test('property: a deployment never takes more than was decided, of either side', () => {
  const one = fc.record({
    state: fc.constantFrom('starting', 'ready', 'draining' as const),
    condemned: fc.constantFrom(null, 'bad'),
    revision: fc.constantFrom('r0', 'r1'),
    startedAt: fc.nat(100),
  });
  const numbers = { count: fc.nat(6), coming: fc.nat(6), trusted: fc.boolean() };
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.record(numbers), (parts, given) => {
      const replicas = parts.map((part, index) => replica(`r-${index}`, part as Partial<Replica>));
      const { count, coming, trusted } = given;
      const { start, startComing, retire } = planReconcile(
        replicas,
        rolling(count, coming, { trusted }),
      );
      const ready = replicas.filter((each) => each.state === 'ready');
      const kept = ready.filter((each) => !retire.includes(each));
      const of = (revision: string, all: readonly Replica[]) =>
        all.filter((each) => each.revision === revision).length;
      assert.ok(of('r0', kept) >= Math.min(count, of('r0', ready)));
      assert.ok(of('r1', kept) >= Math.min(coming, of('r1', ready)));
      assert.ok(retire.every((each) => each.state !== 'draining'));
      assert.ok(start + startComing <= count + coming);
    }),
  );
});

test('who leaves is told why: replaced only where another revision takes its place', () => {
  const old = replica('a', { revision: 'r0' });
  assert.equal(whyRetired(old, wanted(1)), 'replaced by revision r1');
  assert.equal(whyRetired(old, wanted(1, ['r0'])), 'not needed any more');
  assert.equal(whyRetired(old, rolling(1, 1)), 'replaced by revision r1');
  assert.equal(whyRetired(replica('b'), rolling(1, 1)), 'not needed any more');
  const same = rolling(1, 1, { replaces: new Set(['b']) });
  assert.equal(whyRetired(replica('b'), same), 'replaced by revision r1');
  assert.equal(
    whyRetired({ ...old, condemned: 'above its memory' }, wanted(1)),
    'above its memory',
  );
});
