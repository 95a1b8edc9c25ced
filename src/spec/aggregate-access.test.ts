import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { fillPath, segmentsOf } from '../aggregate/fill-path.ts';
import { gatewayState, route } from '../gateway/render/fixtures/states.ts';
import { explainRoute } from '../gateway/render/explain-route.ts';
import { aggregatePlan } from './aggregate-plan.ts';
import { partProblems } from './aggregate-access.ts';
import { AGGREGATOR } from './aggregator.ts';
import type { RouteSpec } from './spec.ts';

interface Token {
  readonly auth: string;
  readonly scopes: readonly string[];
  readonly role: string | null;
}

const auth = {
  auth: fc.constantFrom(null, 'main', 'other'),
  scopes: fc.subarray(['r', 'w']),
  claims: fc.constantFrom<RouteSpec['claims']>({}, { role: ['admin'] }, { role: ['admin', 'ops'] }),
};

const path = (...segments: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...segments), { minLength: 1, maxLength: 2 })
    .map((some) => `/${some.join('/')}`);

const plain: fc.Arbitrary<RouteSpec> = fc
  .record({
    ...auth,
    path: fc.oneof(
      path('a', 'b', ':x'),
      path('a', 'b', ':x').map((text) => `${text}/*`),
      fc.constant('/*'),
    ),
    methods: fc.constantFrom([], ['GET'], ['POST', 'PUT']),
    hosts: fc.constantFrom([], ['a.test'], ['b.test'], ['*.test']),
    headers: fc.constantFrom<RouteSpec['headers']>({}, { 'x-beta': '*' }, { cookie: '*' }),
  })
  .map(route);

const aggregate: fc.Arbitrary<RouteSpec> = fc
  .record({
    ...auth,
    hosts: fc.constantFrom([], ['a.test'], ['*.test']),
    aggregate: fc.array(
      path('a', 'b', ':p', ':q', ':claims.sub').map((text) => ({
        name: 'part',
        path: `${text}?q=:p`,
        timeoutMs: 1_000,
        optional: false,
      })),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .map((differs) =>
    route({ ...differs, path: '/g/:p/:q', methods: ['GET', 'HEAD'], service: AGGREGATOR }),
  );

const routes = fc
  .tuple(fc.array(plain, { maxLength: 3 }), aggregate, fc.array(plain, { maxLength: 4 }))
  .map(([before, middle, after]) => [...before, middle, ...after]);

const value = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'c',
    'g',
    '%61',
    'a%2Fb',
    '..',
    '%2e%2e',
    ':x',
    '*',
    'a%3Fx',
    '%23',
    'a;b',
  ),
  fc.string({ minLength: 1 }).map(encodeURIComponent),
);

const request = fc.record({
  p: value,
  q: value,
  sub: value,
  host: fc.constantFrom('a.test', 'b.test', 'c.test', 'else'),
  cookie: fc.boolean(),
  token: fc.option(
    fc.record<Token>({
      auth: fc.constantFrom('main', 'other'),
      scopes: fc.subarray(['r', 'w']),
      role: fc.constantFrom(null, 'admin', 'ops', 'user'),
    }),
  ),
});

function admits({ auth, scopes, claims }: RouteSpec, token: Token | null): boolean {
  if (auth === null) return true;
  return (
    token?.auth === auth &&
    scopes.every((scope) => token.scopes.includes(scope)) &&
    Object.values(claims).every((values) => token.role !== null && values.includes(token.role))
  );
}

test('whatever is accepted, nobody gets a part through an aggregate that he would not get without it', () => {
  let protectedParts = 0;
  fc.assert(
    fc.property(routes, fc.array(request, { minLength: 8, maxLength: 8 }), (all, requests) => {
      fc.pre(partProblems(all).length === 0);
      const numbered = all.map((each, index) => ({ ...each, id: String(index) }));
      const { gateway } = gatewayState([], { routes: numbered, paths: 'as-sent' });
      for (const { p, q, sub, host, cookie, token } of requests) {
        const url = `/g/${p}/${q}`;
        const headers: Record<string, string> = { host, ...(cookie && { cookie: 'a=b' }) };
        const asked = explainRoute(gateway, { method: 'GET', url, headers });
        if (asked.kind !== 'route') continue;
        const taken = numbered[Number(asked.route)];
        if (!taken?.aggregate || !admits(taken, token)) continue;
        for (const part of aggregatePlan(taken).parts) {
          const filled = fillPath(part.path, segmentsOf(url), new Map([['sub', sub]]));
          if (filled.kind === 'refused') continue;
          const reached = explainRoute(gateway, { method: 'GET', url: filled.path, headers });
          if (reached.kind !== 'route') continue;
          const target = numbered[Number(reached.route)];
          assert.ok(target);
          assert.equal(target.aggregate, null, 'never round in a circle');
          assert.ok(admits(target, token), `${filled.path} of ${target.path}`);
          if (target.auth !== null) protectedParts++;
        }
      }
    }),
    { numRuns: 1_500 },
  );
  assert.ok(protectedParts > 0, 'parts that need a token were among them');
});
