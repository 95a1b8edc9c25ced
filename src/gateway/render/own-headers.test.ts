import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const AWKWARD = `%[src] %{+Q}o %% %ci "q" 's' \\1 \\n $HOME \${x} #c  two blanks; a,b (c) [d] {e}`;

test('a route gives and takes headers, with their values as they are written', async (t) => {
  const a = await startUpstream(t, 'a', {
    '/plain': (request, response) => {
      response.writeHead(200, {
        server: 'mine',
        'x-old': '1',
        'x-seen': JSON.stringify(request.headers),
      });
      response.end();
    },
  });
  const changes = {
    requestHeaders: { 'x-awkward': AWKWARD, host: 'inner.test', cookie: null, accept: 'text/x' },
    responseHeaders: { 'x-awkward': AWKWARD, server: null, 'x-old': 'new' },
  };
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      routes: [
        route({ path: '/plain', headers: { 'x-on': '*' }, ...changes }),
        route({ path: '/*' }),
      ],
    }),
  );
  const headers = { cookie: 'a=1', 'x-awkward': 'forged', accept: 'text/html' };
  const changed = await fetch(`${haproxy.url}/plain`, { headers: { ...headers, 'x-on': '1' } });
  const seen = JSON.parse(changed.headers.get('x-seen') ?? '') as Record<string, string>;
  assert.equal(seen['x-awkward'], AWKWARD);
  assert.equal(seen['host'], 'inner.test');
  assert.equal(seen['x-forwarded-host'], `127.0.0.1:${haproxy.port}`);
  assert.equal(seen['cookie'], undefined);
  assert.equal(seen['accept'], 'text/x');
  assert.equal(changed.headers.get('x-awkward'), AWKWARD);
  assert.equal(changed.headers.get('server'), null);
  assert.equal(changed.headers.get('x-old'), 'new');

  const other = await fetch(`${haproxy.url}/plain`, { headers });
  assert.equal(other.headers.get('server'), 'mine');
  assert.equal(other.headers.get('x-awkward'), null);
  const unchanged = JSON.parse(other.headers.get('x-seen') ?? '') as Record<string, string>;
  assert.equal(unchanged['cookie'], 'a=1');
});

test('a client says nothing in another spelling of a header that its route gives or takes', async (t) => {
  const a = await startUpstream(t, 'a');
  const requestHeaders = { 'x-user-role': 'guest', 'x-debug': null, X_Under: '1' };
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      routes: [route({ path: '/a', requestHeaders }), route({ path: '/*' })],
    }),
  );
  const headers = { 'x_user-role': 'admin', X_Debug: '1', 'x-under': '2', x_user: 'stays' };
  const seenAt = async (path: string): Promise<readonly string[]> => {
    const answer = await fetch(`${haproxy.url}${path}`, { headers });
    const seen = (await answer.json()) as { headers: Record<string, string> };
    return Object.entries(seen.headers).flatMap(([name, value]) =>
      /^x[-_](?:user|debug|under)/.test(name) ? [`${name}: ${value}`] : [],
    );
  };
  assert.deepEqual((await seenAt('/a')).toSorted(), [
    'x-user-role: guest',
    'x_under: 1',
    'x_user: stays',
  ]);
  assert.equal((await seenAt('/b')).length, 4);
});

test('any printable value comes out as it went in', async (t) => {
  const a = await startUpstream(t, 'a');
  const printable = fc
    .string({
      unit: fc.constantFrom(
        ...Array.from({ length: 95 }, (_, at) => String.fromCodePoint(32 + at)),
      ),
      maxLength: 60,
    })
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const values = fc.sample(printable, 60);
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      routes: values.map((value, index) =>
        route({
          path: `/${index}`,
          requestHeaders: { 'x-a': value },
          responseHeaders: { 'x-b': value },
        }),
      ),
    }),
  );
  for (const [index, value] of values.entries()) {
    const answer = await fetch(`${haproxy.url}/${index}`);
    const { headers } = (await answer.json()) as { headers: Record<string, string> };
    assert.equal(headers['x-a'], value);
    assert.equal(answer.headers.get('x-b'), value);
  }
});

test('security headers are on every answer that lacks them', async (t) => {
  const a = await startUpstream(t, 'a', {
    '/own': (_request, response) => {
      response.writeHead(200, { 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer' });
      response.end();
    },
  });
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      securityHeaders: true,
      routes: [route({ path: '/own' }), route({ path: '/plain' })],
    }),
  );
  const sent = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
  for (const [path, status, differs] of [
    ['/plain', 200, {}],
    ['/own', 200, { 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' }],
    ['/nowhere', 404, {}],
  ] as const) {
    const answer = await fetch(haproxy.url + path);
    assert.equal(answer.status, status);
    for (const [name, value] of Object.entries({ ...sent, ...differs })) {
      assert.equal(answer.headers.get(name), value, `${path} ${name}`);
    }
  }
});
