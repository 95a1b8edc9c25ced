import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregatePlan } from '../spec/aggregate-plan.ts';
import type { RouteSpec } from '../spec/spec.ts';
import { createPlanReader } from './plan.ts';

function sent(plan: unknown): string {
  return Buffer.from(JSON.stringify(plan)).toString('base64url');
}

test('a plan is read as the gateway has written it', () => {
  const paths = ['/users/:id', '/orders?by=:claims.sub&of=:id&new=1', '/%41//b:c'];
  const aggregate = paths.map((path) => ({ name: 'a', path, timeoutMs: 1, optional: true }));
  const plan = aggregatePlan({ path: '/:id', aggregate } as unknown as RouteSpec);
  assert.deepEqual(createPlanReader()(sent(plan)), plan);
});

test('what is no plan is none, whoever sends it: nothing of it may end the program', () => {
  const part = { name: 'a', path: ['/a'], timeoutMs: 1, optional: false };
  const wrong: readonly unknown[] = [
    null,
    7,
    [],
    {},
    { parts: {} },
    { parts: [] },
    { parts: [part, null] },
    ...[
      { name: 7 },
      { optional: null },
      { timeoutMs: '1' },
      { timeoutMs: -1 },
      { path: '/a' },
      { path: [] },
      { path: [5] },
      { path: ['no-slash'] },
      { path: ['/a b'] },
      { path: ['/a', 'b\r\nx: y'] },
      { path: ['/\u00e4'] },
      { path: ['/', null] },
      { path: ['/', {}] },
      { path: ['/', { segment: 'x' }] },
      { path: ['/', { claim: 7 }] },
      { path: [{ segment: 1 }] },
    ].map((differs) => ({ parts: [{ ...part, ...differs }] })),
  ];
  const read = createPlanReader();
  for (const each of wrong) assert.equal(read(sent(each)), null, JSON.stringify(each));
  for (const text of ['', 'x', '%%%']) assert.equal(read(text), null);
});
