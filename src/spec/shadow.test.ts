import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { shadows } from './shadow.ts';
import type { RouteMatch } from './shadow.ts';

function route(path: string, match: Partial<RouteMatch> = {}): RouteMatch {
  return { path, methods: [], hosts: [], headers: {}, ...match };
}

test('a route that covers another comes before it in vain', () => {
  const pairs: readonly (readonly [RouteMatch, RouteMatch])[] = [
    [route('/*'), route('/a')],
    [route('/*'), route('/')],
    [route('/*'), route('/*')],
    [route('/api/*'), route('/api/v1/*')],
    [route('/api/*'), route('/api/')],
    [route('/api/*'), route('/api')],
    [route('/users/:id/*'), route('/users/me')],
    [route('/a', { hosts: ['*.b.org'] }), route('/a', { hosts: ['*.d.c.b.org', 'd.c.b.org'] })],
    [route('/users/:id'), route('/users/me')],
    [route('/users/:id'), route('/users/:name')],
    [route('/users/:id/*'), route('/users/me/cart')],
    [route('/a'), route('/a', { methods: ['GET'] })],
    [route('/a', { methods: ['GET', 'PUT'] }), route('/a', { methods: ['PUT'] })],
    [route('/a', { hosts: ['*.b.org'] }), route('/a', { hosts: ['c.b.org'] })],
    [route('/a', { headers: { x: '*' } }), route('/a', { headers: { x: '1', y: '2' } })],
  ];
  for (const [earlier, later] of pairs)
    assert.ok(shadows(earlier, later), JSON.stringify([earlier, later]));
});

test('a route that leaves something to another does not shadow it', () => {
  const pairs: readonly (readonly [RouteMatch, RouteMatch])[] = [
    [route('/a'), route('/b')],
    [route('/a'), route('/a/')],
    [route('/a'), route('/a/*')],
    [route('/api/*'), route('/apis')],
    [route('/users/me'), route('/users/:id')],
    [route('/users/:id'), route('/users/')],
    [route('/users/:id'), route('/users/me/cart')],
    [route('/a', { methods: ['GET'] }), route('/a')],
    [route('/a', { hosts: ['*.b.org'] }), route('/a', { hosts: ['c.b.org', 'b.org'] })],
    [route('/a', { hosts: ['*.b.org'] }), route('/a', { hosts: ['xb.org'] })],
    [route('/a', { headers: { x: '1' } }), route('/a', { headers: { x: '2' } })],
    [route('/a', { headers: { x: '1' } }), route('/a')],
  ];
  for (const [earlier, later] of pairs)
    assert.ok(!shadows(earlier, later), JSON.stringify([earlier, later]));
});

interface Request {
  readonly path: string;
  readonly method: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Written apart from the code under test: a route as a regular expression. */
function matches(match: RouteMatch, request: Request): boolean {
  const path = match.path.replace(/:\w+/g, '[^/]+').replace(/\/\*$/, '(?:/.*)?');
  const host = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.+')}$`).test(request.host);
  return (
    new RegExp(`^${path}$`).test(request.path) &&
    (match.methods.length === 0 || match.methods.includes(request.method)) &&
    (match.hosts.length === 0 || match.hosts.some(host)) &&
    Object.entries(match.headers).every(([name, value]) =>
      value === '*' ? name in request.headers : request.headers[name] === value,
    )
  );
}

test('no request reaches a route that an earlier one is said to shadow', () => {
  const some = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
  const match = fc.record({
    path: fc
      .tuple(fc.array(some('/a', '/b', '/:x'), { maxLength: 3 }), some('', '/', '/*'))
      .map(([parts, end]) => parts.join('') + end || '/'),
    methods: fc.subarray(['GET', 'PUT']),
    hosts: fc.subarray(['x.org', 'y.x.org', '*.x.org', '*.y.x.org']),
    headers: fc.dictionary(some('k', 'l'), some('1', '2', '*')),
  });
  const request = fc.record({
    path: fc
      .tuple(fc.array(some('/a', '/b', '/c'), { maxLength: 4 }), some('', '/'))
      .map(([parts, end]) => parts.join('') + end || '/'),
    method: some('GET', 'PUT', 'POST'),
    host: some('x.org', 'y.x.org', 'z.y.x.org'),
    headers: fc.dictionary(some('k', 'l'), some('1', '2')),
  });
  let shadowed = 0;
  fc.assert(
    fc.property(match, match, fc.array(request, { minLength: 20 }), (earlier, later, requests) => {
      if (!shadows(earlier, later)) return;
      shadowed++;
      for (const each of requests) if (matches(later, each)) assert.ok(matches(earlier, each));
    }),
    { numRuns: 3000 },
  );
  // Some 75 of the 3,000 pairs are; with hardly any the property would say nothing.
  assert.ok(shadowed > 15, `${shadowed} pairs shadowed`);
});
