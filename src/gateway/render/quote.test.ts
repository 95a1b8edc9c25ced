import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { plan } from '../plan.ts';
import { MACHINE, gatewayState, route, service } from './fixtures/states.ts';
import { wordsOf } from './fixtures/words.ts';
import { isQuotable, plainJson, word } from './quote.ts';
import { pathPattern } from './route-pattern.ts';

const NASTY = [
  '\n',
  '\r',
  '\0',
  '"',
  "'",
  '{',
  '}',
  '#',
  '\\',
  ' ',
  '%',
  '$',
  '$HOME',
  '%[src]',
  '}',
];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 3 })))
    .map((parts) => parts.join('')),
);

test('any text is refused or read back by HAProxy as one word, the same', () => {
  fc.assert(
    fc.property(text, (value) => {
      if (!isQuotable(value)) {
        assert.throws(() => word(value));
        return;
      }
      const line = `before ${word(value)} after`;
      assert.doesNotMatch(line, /[\n\r\0]/);
      assert.deepEqual(wordsOf(line), ['before', value, 'after']);
    }),
  );
});

test('text for a log line is harmless everywhere and JSON reads it back', () => {
  fc.assert(
    fc.property(text, (value) => {
      assert.match(plainJson(value), /^[A-Za-z0-9_./:*\\-]*$/);
      assert.equal(JSON.parse(`"${plainJson(value)}"`), value);
    }),
  );
});

const CORS = {
  origins: ['https://a.test'],
  methods: [],
  headers: [],
  credentials: false,
  maxAgeMs: 0,
};

/** Every text field of a state, with the words it may become. */
const FIELDS: readonly (readonly [
  name: string,
  build: (value: string) => readonly [state: Parameters<typeof plan>[1], folder: string],
  shown: (value: string) => string,
])[] = [
  [
    'gateway.host',
    (v) => [gatewayState([service()], { host: v }), '/run'],
    (v) => (v.includes(':') ? `[${v}]` : v),
  ],
  ['route.id', (v) => [withRoute({ id: v }), '/run'], same],
  // How a path is looked for in other spellings: spelling.test.ts.
  ['route.path', (v) => [asSent(withRoute({ path: `/${v}` })), '/run'], shownPath],
  ['route.methods', (v) => [withRoute({ methods: [v] }), '/run'], same],
  ['route.hosts', (v) => [withRoute({ hosts: [v] }), '/run'], same],
  ['route.headers name', (v) => [withRoute({ headers: { [v]: 'x' } }), '/run'], same],
  ['route.headers value', (v) => [withRoute({ headers: { x: v } }), '/run'], same],
  [
    'route.rewrite',
    (v) => [withRoute({ path: '/x/*', rewrite: `/${v}` }), '/run'],
    (v) => shownPath(v).replaceAll('\\', '\\\\').replaceAll('%', '%%'),
  ],
  ['route.requestHeaders name', (v) => [withRoute({ requestHeaders: { [v]: 'x' } }), '/run'], same],
  ['route.requestHeaders', (v) => [withRoute({ requestHeaders: { x: v } }), '/run'], shownFormat],
  ['route.responseHeaders', (v) => [withRoute({ responseHeaders: { x: v } }), '/run'], shownFormat],
  ['route.cors.origins', (v) => [withRoute({ cors: { ...CORS, origins: [v] } }), '/run'], same],
  ['route.cors.methods', (v) => [withRoute({ cors: { ...CORS, methods: [v] } }), '/run'], same],
  ['route.cors.headers', (v) => [withRoute({ cors: { ...CORS, headers: [v] } }), '/run'], same],
  [
    'gateway.trustedProxies',
    (v) => [gatewayState([service()], { trustedProxies: [v] }), '/run'],
    same,
  ],
  ['service name', (v) => [named(v), '/run'], same],
  ['health path', (v) => [gatewayState([service({ health: health(`/${v}`) })]), '/run'], same],
  ['hash header', (v) => [gatewayState([service({ balance: by('header', v) })]), '/run'], same],
  ['hash cookie', (v) => [gatewayState([service({ balance: by('cookie', v) })]), '/run'], same],
  ['server host', (v) => [withServer({ host: v }), '/run'], same],
  ['replica', (v) => [withServer({ replica: v }), '/run'], same],
  ['folders', (v) => [gatewayState([service()]), `/${v}`], same],
];

for (const [name, build, shown] of FIELDS) {
  test(`${name}: whatever it holds is refused, or stays the one word it is`, () => {
    const words = (value: string): readonly (readonly string[])[] | null => {
      const [state, folder] = build(value);
      const result = plan(null, state, { folder, runFolder: folder }, MACHINE);
      if (result.kind === 'refused') return null;
      assert.ok(result.kind === 'reload');
      return result.next.rendered.config.split('\n').map(wordsOf);
    };
    const plain = ['placeholder', 'PLACEHOLDER', '9.9.9.9', 'https://placeholder.test'].find(
      (value) => words(value) !== null,
    );
    assert.ok(plain !== undefined, 'a harmless text is taken');
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((value) => value.trim()),
        ),
        (value) => {
          // These mean something else by themselves: any path, a parameter, any value, none.
          fc.pre(!/^$|^\*$|\/\*$|(?:^|\/):/.test(value));
          // These have more spellings than one, which are removed first: own-headers.test.ts.
          fc.pre(name !== 'route.requestHeaders name' || !/[-_]/.test(value));
          const found = words(value);
          if (found === null) return;
          assert.ok(isQuotable(value) || name === 'replica', 'control characters are refused');
          const expected = words(plain)?.map((line) =>
            line.map((one) => one.replaceAll(plain, () => shown(value))),
          );
          assert.deepEqual(found, expected);
        },
      ),
      { numRuns: 200 },
    );
  });
}

// Private

function asSent(state: ReturnType<typeof withRoute>): ReturnType<typeof withRoute> {
  return { ...state, gateway: { ...state.gateway, paths: 'as-sent' } };
}

function same(value: string): string {
  return value;
}

/** In a format a lone `%` would begin what HAProxy fills in. */
function shownFormat(value: string): string {
  return value.replaceAll('%', '%%');
}

function shownPath(value: string): string {
  const pattern = pathPattern(`/${value}`);
  return pattern.kind === 'exact' ? pattern.path.slice(1) : value;
}

function withRoute(differs: Partial<ReturnType<typeof route>>): Parameters<typeof plan>[1] {
  return gatewayState([service()], { routes: [route({ path: '/x', ...differs })] });
}

/** One service alone: names that are numbers would change the order. */
function named(name: string): Parameters<typeof plan>[1] {
  return gatewayState([service({ name })], { routes: [route({ path: '/x', service: name })] });
}

function withServer(differs: { host?: string; replica?: string }): Parameters<typeof plan>[1] {
  const one = { host: '127.0.0.1', port: 1000, state: 'ready', replica: 'a', ...differs } as const;
  return gatewayState([service({ servers: [one] })]);
}

function health(path: string) {
  return { path, intervalMs: 1, timeoutMs: 1, startupMs: 1, replaceAfterMs: 1 };
}

function by(kind: 'header' | 'cookie', name: string) {
  return { kind: 'hash', by: { kind, name } } as const;
}
