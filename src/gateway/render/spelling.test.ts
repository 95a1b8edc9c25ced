import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { wordsOf } from './fixtures/words.ts';
import { isMisread, spellingFiles, spellingLines } from './spelling.ts';

const of = (...paths: string[]) =>
  gatewayState([service()], { routes: paths.map((path) => route({ path })) }).gateway;

test('where routes are not told apart by paths nothing is asked', () => {
  assert.deepEqual(spellingLines(of('/*'), MACHINE), []);
  assert.deepEqual(spellingLines({ ...of('/a', '/*'), paths: 'as-sent' }, MACHINE), []);
  assert.deepEqual(spellingFiles(of('/*'), MACHINE), {});
  assert.equal(isMisread(of('/*'), '/..%2f'), false);
});

test('a spelling that makes no difference to the routes is let through', () => {
  const gateway = of('/Api/*', '/docs/', '/users/:id', '/*');
  for (const path of ['/x%2fy', '/Api/%2f;x//', '/docs/', '/users/%41', '/a;b', '/%C3%A9', '/DOCX'])
    assert.equal(isMisread(gateway, path), false, path);
  for (const path of [
    '/api/x',
    '/%41pi',
    '/docs',
    '/users/7/',
    '/users/7%2f8',
    '/users%2f7',
    '/Api/..',
  ])
    assert.equal(isMisread(gateway, path), true, path);
});

test('whatever a path holds, what looks for it is one word', () => {
  const path = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(...Array.from('/:*.%\'"\\$#;? aZé')),
        fc.constantFrom('/', 'x'),
      ),
    })
    .map((text) => `/${text}`);
  fc.assert(
    fc.property(path, (text) => {
      const gateway = of(text);
      const [first] = spellingLines(gateway, MACHINE);
      if (first === undefined) return;
      const words = wordsOf(first);
      assert.equal(words.length, 11);
      assert.match(words[9] as string, /^[!-~]+$/);
      assert.match(
        spellingFiles(gateway, MACHINE)['paths.map'] ?? '',
        /^1 (?:exact|below):[ -~]*\n$/,
      );
    }),
  );
});

test('without Lua all that might be read in two ways is refused', () => {
  const lines = spellingLines(of('/a'), { lua: false });
  assert.equal(lines.length, 2);
  assert.match(lines[1] as string, /return status 400 .* if \{ var\(txn.odd\) -m found \}$/);
  assert.deepEqual(spellingFiles(of('/a'), { ...MACHINE, lua: false }), {});
});

test('who is refused is told so', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      routes: [route({ path: '/a/*' }), route({ path: '/*' })],
    }),
  );
  const answer = await sendRaw(
    haproxy.port,
    'GET /%61 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*could be read as/);
});

test('what it costs to judge a path is bounded', async (t) => {
  const upstream = await startUpstream(t, 'a');
  const state = gatewayState([service({ servers: [server('x', upstream.port)] })], {
    routes: [route({ path: '/a/*' }), route({ path: '/*' })],
  });
  const haproxy = await runHaproxy(t, state);
  for (const [times, status] of [
    [20, 200],
    [1500, 400],
  ] as const) {
    const path = `/x${'/%2541;C'.repeat(times)}/`;
    assert.equal(isMisread(state.gateway, path), status === 400);
    const head = [`GET ${path} HTTP/1.1`, 'Host: a.test', 'Connection: close', '', ''];
    const answer = await sendRaw(haproxy.port, head.join('\r\n'));
    assert.equal(answer.slice(9, 12), String(status));
  }
});
