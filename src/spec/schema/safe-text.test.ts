import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { parseConfig } from '../parse.ts';

const command = 'node server.js';

const inGateway = (gateway: object): object => ({ gateway, services: { api: { command } } });
const inRoute = (route: object): object => inGateway({ routes: [{ service: 'api', ...route }] });
const inService = (service: object): object => ({ services: { api: { command, ...service } } });
const inJwt = (jwt: object): object =>
  inGateway({ jwt: { main: { algorithms: ['RS256'], keys: 'a', ...jwt } } });
const inLimit = (per: string): object => inRoute({ rateLimit: { per, requests: 1, window: '1s' } });

/** Every text of the configuration that reaches HAProxy's, or will. */
const FIELDS: Readonly<Record<string, (text: string) => object>> = {
  name: (text) => ({ ...inService({}), name: text }),
  'gateway.host': (text) => inGateway({ host: text }),
  'gateway.jwt': (text) => inGateway({ jwt: { [text]: { algorithms: ['RS256'], keys: 'a' } } }),
  'gateway.jwt.issuer': (text) => inJwt({ issuer: text }),
  'gateway.jwt.audience': (text) => inJwt({ audience: ['a', text] }),
  'gateway.jwt.algorithms': (text) => inJwt({ algorithms: [text] }),
  'gateway.jwt.forward claim': (text) => inJwt({ forward: { [text]: 'x-a' } }),
  'gateway.jwt.forward header': (text) => inJwt({ forward: { sub: text } }),
  'route.path': (text) => inRoute({ path: text }),
  'route.path behind a slash': (text) => inRoute({ path: `/${text}` }),
  'route.methods': (text) => inRoute({ methods: [text] }),
  'route.host': (text) => inRoute({ host: text }),
  'route.headers name': (text) => inRoute({ headers: { [text]: '*' } }),
  'route.headers value': (text) => inRoute({ headers: { a: text } }),
  'route.service': (text) => inRoute({ service: text }),
  'route.service weight': (text) => inRoute({ service: { [text]: 1 } }),
  'route.aggregate name': (text) => inRoute({ aggregate: { [text]: '/' } }),
  'route.aggregate path': (text) => inRoute({ aggregate: { a: `/${text}` } }),
  'route.auth': (text) => inRoute({ auth: text }),
  'route.scopes': (text) => inRoute({ scopes: [text] }),
  'route.claims name': (text) => inRoute({ claims: { [text]: true } }),
  'route.rateLimit.per': inLimit,
  'route.rateLimit.per header': (text) => inLimit(`header:${text}`),
  'route.rewrite': (text) => inRoute({ rewrite: `/${text}` }),
  'route.cors.origins': (text) => inRoute({ cors: { origins: `https://${text}` } }),
  'route.cors.methods': (text) => inRoute({ cors: { origins: '*', methods: [text] } }),
  'route.requestHeaders name': (text) => inRoute({ requestHeaders: { [text]: null } }),
  'route.requestHeaders value': (text) => inRoute({ requestHeaders: { a: text } }),
  'route.responseHeaders name': (text) => inRoute({ responseHeaders: { [text]: null } }),
  'route.responseHeaders value': (text) => inRoute({ responseHeaders: { a: text } }),
  'gateway.trustedProxies': (text) => inGateway({ trustedProxies: [text] }),
  'route.cors.headers': (text) => inRoute({ cors: { origins: '*', headers: [text] } }),
  'services name': (text) => ({ services: { [text]: { command } } }),
  'service.health.path': (text) => inService({ health: { path: `/${text}` } }),
  'service.hashBy': (text) => inService({ balance: 'hash', hashBy: `header:${text}` }),
  'service.hashBy cookie': (text) => inService({ balance: 'hash', hashBy: `cookie:${text}` }),
  'service.balance': (text) => inService({ balance: text }),
  'tasks.path': (text) => ({ ...inService({}), tasks: { path: `/${text}` } }),
  'tasks.queues name': (text) => ({
    ...inService({}),
    tasks: { queues: { [text]: { service: 'api' } } },
  }),
};

/** Nothing here means anything to HAProxy; a space only inside a header's value, which is quoted. */
const SAFE = /^[A-Za-z0-9._~@+,=:;!%?&()*/-]*$/;
const SAFE_WITH_SPACES = /^(?! )[A-Za-z0-9 ._~@+,=:;!%?&()*/-]*(?<! )$/;

/** Written as it stands wherever it goes, so it may hold all that is printed. */
const PRINTED = /^(?! )[\u0020-\u007e]*(?<! )$/;

const SAFE_OF: Readonly<Record<string, RegExp>> = {
  'route.headers value': SAFE_WITH_SPACES,
  'route.requestHeaders value': PRINTED,
  'route.responseHeaders value': PRINTED,
};

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...'\n\r\0\t "\'#{}\\$`%[]()<>|;*:/.,-_=@?&~\u00a0\u2028é'.split('')),
        fc.constantFrom('a', 'B', '1', 'acl x', '\nbind :1', '%[env(A)]', '..', '//'),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

for (const [field, configOf] of Object.entries(FIELDS)) {
  test(`${field}: any text is refused or harmless to HAProxy`, () => {
    const safe = SAFE_OF[field] ?? SAFE;
    let refused = 0;
    fc.assert(
      fc.property(hostile, (text) => {
        const { config, problems } = parseConfig(configOf(text));
        if (problems.length > 0) {
          refused++;
          return;
        }
        const services = Object.entries(config?.services ?? {}).map(
          ([name, { health, hashBy, balance }]) => ({ name, health, hashBy, balance }),
        );
        const reaching = [config?.name, config?.gateway, config?.tasks, services];
        for (const each of textsOf(reaching)) assert.match(each, safe);
      }),
      { numRuns: 400 },
    );
    assert.ok(refused > 0, 'something was refused');
  });
}

test('no text ends a line, not even behind a valid beginning', () => {
  for (const [field, configOf] of Object.entries(FIELDS)) {
    for (const valid of ['a', '/a', 'GET', '127.0.0.1', 'ip', 'random', 'RS256']) {
      assert.ok(parseConfig(configOf(`${valid}\n`)).problems.length > 0, `${field} ${valid}`);
    }
  }
});

test('text of ordinary configurations is accepted', () => {
  const accepted = (config: object): void => assert.deepEqual(parseConfig(config).problems, []);
  for (const path of [
    '/',
    '/*',
    '/a',
    '/a/',
    '/a/*',
    '/:id',
    '/a/:id/b',
    '/v1/users:batch',
    '/a%20b',
    '/~me/x.y',
    '/.well-known/x',
    '/...',
  ]) {
    accepted(inRoute({ path }));
  }
  for (const host of ['localhost', 'example.org', '*.example.org', '10.0.0.1', 'A-1.B']) {
    accepted(inRoute({ host }));
  }
  for (const host of ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'])
    accepted(inGateway({ host }));
  for (const value of ['*', 'Bearer', 'text/html; q=0.9', 'a b']) {
    accepted(inRoute({ headers: { Accept: value } }));
  }
  accepted(inRoute({ methods: 'get' }));
  accepted(inService({ health: { path: '/health?full=1&x=y' } }));
});

test('paths that could never match are refused', () => {
  for (const path of [
    '',
    'a',
    '//',
    '/a//b',
    '/a/../b',
    '/.',
    '/a*',
    '/*/a',
    '/:',
    '/:1',
    '/a%2',
    `/${'a'.repeat(512)}`,
  ]) {
    assert.equal(parseConfig(inRoute({ path })).problems.length, 1, path);
  }
});
