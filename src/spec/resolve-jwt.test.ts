import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const services = { api: { command } };
const withJwt = (jwt: object, route: object = {}): object => ({
  gateway: { jwt: { main: jwt }, routes: [{ service: 'api', ...route }] },
  services,
});

test('a key set has its defaults filled in, its file made absolute, its headers in small letters', () => {
  const { jwt, routes } = resolved(
    withJwt(
      { algorithms: ['RS256', 'PS256', 'RS256'], keys: './jwks.json', audience: 'shop' },
      { auth: 'main', scopes: ['a:b', 'a:b'], claims: { role: ['admin', 7], verified: true } },
    ),
  ).gateway;
  assert.deepEqual(jwt, {
    main: {
      name: 'main',
      algorithms: ['RS256', 'PS256'],
      keys: { kind: 'file', path: '/srv/My Shop/jwks.json' },
      issuer: null,
      audiences: ['shop'],
      clockSkewMs: 30_000,
      forward: { sub: 'x-user-id' },
    },
  });
  const [route] = routes;
  assert.deepEqual(
    [route?.auth, route?.scopes, route?.claims],
    ['main', ['a:b'], { role: ['admin', '7'], verified: ['true'] }],
  );
});

test('keys come from a file, an address or a secret', () => {
  const keysOf = (algorithm: string, keys: unknown): unknown =>
    resolved(withJwt({ algorithms: [algorithm], keys })).gateway.jwt['main']?.keys;
  assert.deepEqual(keysOf('ES256', '/etc/shop key.pem'), {
    kind: 'file',
    path: '/etc/shop key.pem',
  });
  const url = 'https://id.example.org/jwks';
  assert.deepEqual(keysOf('ES256', url), { kind: 'url', url });
  const secret = { env: 'JWT_SECRET' };
  assert.deepEqual(keysOf('HS256', secret), { kind: 'secret', secret });
});

test('a public key can never pass for a secret, nor a secret for a public key', () => {
  const refused = (algorithms: readonly string[], keys: unknown): string =>
    problems(withJwt({ algorithms, keys })).join('\n');
  assert.match(refused(['HS256', 'RS256'], { env: 'K' }), /algorithms: must not mix HS/);
  assert.match(refused(['HS256', 'RS256'], './k.pem'), /algorithms: must not mix HS/);
  assert.match(refused(['RS256'], { env: 'K' }), /keys: must be a file or an address: RS256/);
  assert.match(refused(['HS512'], 'https://a.example'), /keys: must be \{ env: 'NAME' \}/);
  assert.match(refused(['RS256'], 'http://a.example/jwks'), /begins with 'https:\/\/'/);
  assert.match(refused(['none'], './k.pem'), /algorithms\[0\]: must be one of 'HS256'/);
  assert.equal(refused(['HS256'], './jwks.json'), '');
  assert.doesNotMatch(refused(['HS256'], 'my://secret'), /my:/);
});

test('a claim is carried in a header of its own that nobody else gives a meaning', () => {
  const refused = (forward: object): string =>
    problems(withJwt({ algorithms: ['RS256'], keys: 'k', forward })).join('\n');
  for (const header of [
    'Host',
    'authorization',
    'cookie',
    'content-length',
    'transfer-encoding',
    'x_forwarded_for',
    'X-Tidegate-User',
    'x-request-id',
  ]) {
    assert.match(refused({ sub: header }), /forward\.sub: must be a header of your own/, header);
  }
  assert.match(
    refused({ sub: 'x-user', name: 'X_User' }),
    /forward\.name: must differ from the header of sub/,
  );
  assert.equal(refused({ sub: 'x-user-id', email: 'x-user-email' }), '');
  assert.equal(refused({}), '');
});

test('scopes and claims need auth, and auth a key set', () => {
  assert.deepEqual(
    problems({
      gateway: { routes: [{ service: 'api', scopes: ['a'], claims: { role: 'x' } }] },
      services,
    }).map((problem) => problem.replace(/, got.*/, '')),
    [
      'gateway.routes[0].scopes: must stand beside auth, which brings the token',
      'gateway.routes[0].claims: must stand beside auth, which brings the token',
    ],
  );
});
