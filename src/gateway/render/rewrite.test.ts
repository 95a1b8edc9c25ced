import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from '../../../test/support/property.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import type { RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const ROUTES = [
  ['/api/*', '/v2/*'],
  ['/root/*', '/*'],
  ['/users/:id', '/people/:id'],
  ['/shops/:shop/items/:item/*', '/:item/of/:shop/*'],
  ['/drop/:a/:b', '/only/:b'],
  ['/old', '/new/fixed'],
  ['/gone/*', '/here'],
  ['/a.b(c)[d]^$/*', '/%41\\1\'"%[src]&#/*'],
] as const;

async function rewriting(t: TestContext): Promise<RunningHaproxy> {
  const a = await startUpstream(t, 'a');
  const routes = ROUTES.map(([path, rewrite]) => route({ path, rewrite }));
  return runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      // Else paths that may be read as another route's are refused before.
      paths: 'as-sent',
      routes: [...routes, route({ path: '/*' })],
    }),
  );
}

/** The path and query the service saw, or the status of a refusal. */
async function seen(haproxy: RunningHaproxy, target: string): Promise<string | number> {
  const answer = await sendRaw(
    haproxy.port,
    `GET ${target} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n`,
  );
  const status = Number(answer.slice(9, 12));
  if (status !== 200) return status;
  const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1);
  return (JSON.parse(body) as { url: string }).url;
}

test('the service sees the path it is meant to see, with every byte of the rest and the query', async (t) => {
  const haproxy = await rewriting(t);
  const long = 'x'.repeat(7_000);
  for (const [target, expected] of [
    ['/api', '/v2'],
    ['/api/', '/v2/'],
    ['/api/a/b?c=/api/d&e=..//', '/v2/a/b?c=/api/d&e=..//'],
    ['/api/%41%2fb%20%C3%A9/;a=b/...', '/v2/%41%2fb%20%C3%A9/;a=b/...'],
    ['/api/..a/.b/c..', '/v2/..a/.b/c..'],
    ['/api/http%3A%2F%2Fx.test%2Fy', '/v2/http%3A%2F%2Fx.test%2Fy'],
    [String.raw`/api/x\1%25[src]$&'"{}|^~`, String.raw`/v2/x\1%25[src]$&'"{}|^~`],
    [`/api/${long}`, `/v2/${long}`],
    ['/apix', '/apix'],
    ['/root', '/'],
    ['/root?x', '/?x'],
    ['/root/', '/'],
    ['/root/a/b', '/a/b'],
    ['/users/7', '/people/7'],
    ['/users/a%2Fb', '/people/a%2Fb'],
    ['/users/7/more', '/users/7/more'],
    ['/shops/s/items/i', '/i/of/s'],
    ['/shops/s/items/i/x/y', '/i/of/s/x/y'],
    ['/drop/1/2', '/only/2'],
    ['/old?q=1', '/new/fixed?q=1'],
    ['/gone/a/../b', '/here'],
    ['/a.b(c)[d]^$/x', `/%41\\1'"%[src]&#/x`],
    ['/aXb(c)[d]^$/x', '/aXb(c)[d]^$/x'],
    ['http://shop.test/api/x?y', '/v2/x?y'],
  ] as const) {
    assert.equal(await seen(haproxy, target), expected, target.slice(0, 80));
  }
});

test('what would lead out of the new path is refused', async (t) => {
  const haproxy = await rewriting(t);
  for (const rest of [
    '/..',
    '/../admin',
    '/a/../../admin',
    '/.',
    '/./a',
    '/%2e%2e/admin',
    '/%2E./admin',
    '/.%2e',
    '/..;/admin',
    '/..;x=1/admin',
    '/..%3b/admin',
    '/..%3fx',
    '/..%23/x',
    '/..%00/x',
    '/..%2fadmin',
    '/a%2f..%2fadmin',
    '/a%2F%2e%2E%2Fadmin',
    '/..%5cadmin',
    String.raw`/..\admin`,
    String.raw`/a\..\admin`,
    '//admin',
    '/a//b',
    '/%2fadmin',
    String.raw`/\evil.test`,
    '/%5Cevil.test',
  ]) {
    assert.equal(await seen(haproxy, `/api${rest}`), 400, rest);
    assert.equal(await seen(haproxy, `/root${rest}?q`), 400, rest);
  }
  for (const id of ['..', '.', '%2e%2e', '..;a', '..%2fx', 'x%2f..', String.raw`a\..`]) {
    assert.equal(await seen(haproxy, `/users/${id}`), 400, id);
  }
  // Where nothing is rewritten, nothing is refused by this.
  assert.equal(await seen(haproxy, '/else/../x//y'), '/else/../x//y');
});

test('a path too long to be rewritten is refused, never passed on as it was', async (t) => {
  const haproxy = await rewriting(t);
  const answers = new Set<string>();
  for (let length = 14_500; length <= 16_600; length += 100) {
    const id = 'x'.repeat(length);
    const found = await seen(haproxy, `/users/${id}`);
    assert.ok(found === `/people/${id}` || Number(found) >= 400, `${length}: ${found}`);
    answers.add(typeof found === 'number' ? 'refused' : 'rewritten');
  }
  assert.deepEqual([...answers].sort(), ['refused', 'rewritten']);
});

const piece = fc.constantFrom(
  'a',
  'B',
  '.',
  '..',
  '...',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  ';',
  '%3B',
  '%41',
  '$',
  '(',
  "'",
  '~',
  '/',
);

test('no rest whatever comes out below another path than the new one', async (t) => {
  const haproxy = await rewriting(t);
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
      const rest = pieces.join('');
      const found = await seen(haproxy, `/api/${rest}`);
      if (found === 400) return;
      assert.equal(found, `/v2/${rest}`);
      // As the most generous of readers takes it: decoded, backslashes turned, parameters cut off.
      const decoded = decodeURIComponent(rest).replaceAll('\\', '/');
      const segments = decoded.split('/').map((segment) => segment.split(';')[0]);
      assert.ok(!segments.includes('..') && !segments.includes('.'), rest);
      assert.ok(!decoded.startsWith('/'), rest);
    }),
    { numRuns: 400 },
  );
});
