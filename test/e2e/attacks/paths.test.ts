import assert from 'node:assert/strict';
import { test } from 'node:test';
import { route } from '../../../src/gateway/render/fixtures/states.ts';
import { attack } from '../../support/attacker.ts';
import { startGuarded } from '../../support/guarded.ts';

/** `vault` answers for `/admin/*`, GET only, and for `/a~b/:id`; everything else goes to `api`. */
const ROUTES = [
  route({ path: '/admin/*', service: 'vault', methods: ['GET'] }),
  route({ path: '/a~b/:id', service: 'vault' }),
  route({ path: '/exact', service: 'vault' }),
  route({ path: '/*', service: 'api' }),
];

test('a path that a service may read as one of a protected route reaches nobody in another spelling', async (t) => {
  const guarded = await startGuarded(t, { routes: ROUTES });
  for (const path of TRICKS) {
    for (const method of ['GET', 'POST']) {
      const answer = await attack(
        guarded.haproxy,
        `${method} ${path} HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n`,
      );
      assert.deepEqual(guarded.taken(), [], `${method} ${path}`);
      assert.match(answer.toString('latin1'), /^HTTP\/1.1 400 /, path);
    }
  }
  await guarded.settle();
  t.diagnostic(`${2 * TRICKS.length} attacks on paths tried, 0 came through`);
});

test('paths of ordinary applications are passed on as they were sent', async (t) => {
  const guarded = await startGuarded(t, { routes: ROUTES });
  for (const [path, service] of ORDINARY) {
    await attack(guarded.haproxy, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    assert.deepEqual(
      guarded.taken().map((each) => [each.service, each.target]),
      [[service, path]],
    );
  }
  await guarded.settle();
});

test('with `as-sent` every path goes where its letters say', async (t) => {
  const guarded = await startGuarded(t, { routes: ROUTES, paths: 'as-sent' });
  await attack(guarded.haproxy, 'GET //admin/../%61;x HTTP/1.1\r\nHost: a.test\r\n\r\n');
  assert.deepEqual(
    guarded.taken().map(({ service }) => service),
    ['api'],
  );
});

// Private

const TRICKS = [
  '//admin',
  '/admin/..;/x',
  '//admin/x',
  '///admin',
  '/./admin',
  '/admin/./x',
  '/a/../admin',
  '/a/..',
  '/.',
  '/..',
  '/x/.',
  '/../admin/x',
  '/admin%2f',
  '/admin%2fx',
  '/admin%2Fx',
  '/%2fadmin',
  '/x%2f..%2fadmin',
  '/%61dmin',
  '/%61%64%6d%69%6e/x',
  '/%41dmin',
  '/%2561dmin',
  '/%252e%252e/admin',
  '/..;/admin',
  '/x/..;/admin',
  '/x/..;a=b/admin',
  '/admin;x',
  '/admin;x/y',
  '/admin;/y',
  '/;/admin',
  '/;x/admin',
  '/admin%3bx',
  '/%3b/admin',
  '/admin%253bx',
  '/%2e%2e/admin',
  '/%2e/admin',
  '/x/%2E%2E/admin',
  '/x/.%2e/admin',
  '/x/%2e./admin',
  '/x/..%2fadmin',
  '/x/..%5cadmin',
  '/x/%252e%252e/admin',
  '\\admin',
  '/\\admin',
  '/x\\..\\admin',
  '/%5cadmin',
  '/x%5c..%5cadmin',
  '/admin\\x',
  '/admin%5Cx',
  '/admin%00',
  '/admin%00.html',
  '/%00admin',
  '/admin%0a',
  '/admin%0d%0ax',
  '/admin%09',
  '/admin%7f',
  '/%c0%afadmin',
  '/%c0%ae%c0%ae/admin',
  '/x/%c0%ae./admin',
  '/%e0%80%afadmin',
  '/%f0%80%80%afadmin',
  '/%c1%9cadmin',
  '/%C0%AFadmin',
  '/%u0061dmin',
  '/%',
  '/%6',
  '/%6g',
  '/%%36%31dmin',
  '/admin%',
  '/x%zz',
  '/ADMIN',
  '/Admin/x',
  '/aDMIN/x',
  '/A~B/7',
  '/a%7eb/7',
  '/a%7Eb/7',
  '/%61~b/7',
  '/a~b/7/',
  '/a~b//7',
  '/a~b/7;x/y',
  '/a~b/%2f7',
  '/exact/',
  '/EXACT',
  '/exact;x',
  '/exact%2f',
  '/exact//',
  '/exact/;x',
  '/exact;x%2fy',
  '/%65xact',
  '/exact%2e/..',
  '/EXACT/',
  '/exact%3fx',
  '/exact%23x',
  '/admin%3f',
  '/exact%253Fx',
  'http://a.test//admin',
  'http://a.test/%61dmin',
  'http://a.test/x/../admin',
  '/admin#x',
  '/x#/../admin',
];

const ORDINARY: readonly (readonly [path: string, service: 'api' | 'vault'])[] = [
  ['/', 'api'],
  ['/?x=//admin/../%61', 'api'],
  ['/administrator', 'api'],
  ['/adm', 'api'],
  ['/x/admin', 'api'],
  ['/Mixed/Case/ABC', 'api'],
  ['/docs/', 'api'],
  ['/@scope%2fname', 'api'],
  ['/@scope%2Fname/-/name-1.0.0.tgz', 'api'],
  ['/projects/group%2Fname/files', 'api'],
  ['/caf%C3%A9/%E4%BD%A0', 'api'],
  ['/a%20file.txt', 'api'],
  ['/page;jsessionid=1', 'api'],
  ['/web/2024/https://example.org/x', 'api'],
  ['/proxy/https%3A%2F%2Fexample.org', 'api'],
  ['/100%25', 'api'],
  ['/.well-known/acme', 'api'],
  ['/...', 'api'],
  ['/x/..y', 'api'],
  ['/~user', 'api'],
  ['/%7Euser', 'api'],
  ['/(x)', 'api'],
  ["/it's", 'api'],
  ['/a,b:c@d', 'api'],
  ['/x//y', 'api'],
  ['/admin', 'vault'],
  ['/admin/', 'vault'],
  ['/admin/A/b%2Fc', 'vault'],
  ['/admin//x', 'vault'],
  ['/admin/x;v=1', 'vault'],
  ['/a~b/7', 'vault'],
  ['/a~b/seven%20x', 'vault'],
  ['/a~b/X', 'vault'],
  ['/exact', 'vault'],
  ['/exact?x', 'vault'],
];
