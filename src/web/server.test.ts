import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { deployment, fakeControl } from '../../test/support/fake-control.ts';
import { taskView } from '../../test/support/fake-tasks.ts';
import { BEARER, TOKEN, ask, startFakeWeb } from '../../test/support/fake-web.ts';
import type { Ask, FakeWeb } from '../../test/support/fake-web.ts';
import { startWeb } from './server.ts';

const TASK_ID = taskView().id;
const READS = [
  '/api/v1/status',
  '/api/v1/services',
  '/api/v1/services/api',
  '/api/v1/services/api/decisions',
  '/api/v1/services/api/history',
  '/api/v1/logs',
  '/api/v1/deployments/7',
];
type Change = readonly [path: string, body?: unknown];
/** What the page may do, with the key of its session. */
const ACTS: readonly Change[] = [
  ['/api/v1/services/api/scale', { count: 4 }],
  ['/api/v1/services/api/pause'],
  ['/api/v1/services/api/resume'],
  ['/api/v1/services/api/restart'],
  [`/api/v1/tasks/${TASK_ID}/retry`],
  [`/api/v1/tasks/${TASK_ID}/cancel`],
];
const WRITES: readonly Change[] = [
  ['/api/v1/login-codes'],
  ['/api/v1/deploy'],
  ['/api/v1/services/api/rollback'],
  ['/api/v1/deployments/7/interrupt'],
  ['/api/v1/cache/purge', {}],
  ['/api/v1/tasks', { queue: 'mail' }],
];
const OPEN = ['/livez', '/readyz', '/metrics', '/', '/dashboard/page.js', '/dashboard/page.css'];

async function signedIn(web: FakeWeb): Promise<{ cookie: string; key: string }> {
  const { code } = await web.client.loginCode();
  const { headers, json } = await web.ask('/api/v1/session', { method: 'POST', body: { code } });
  const [cookie] = headers['set-cookie'] ?? [];
  return { cookie: cookie?.split(';')[0] ?? '', key: String(json?.['key']) };
}

test('every route lets in exactly those it should: nobody, a wrong token, a session, the token', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = deployment();
  web.control.tasks.known = [taskView()];
  const { cookie, key } = await signedIn(web);
  const other = await signedIn(web);
  const callers: Readonly<Record<string, Record<string, string>>> = {
    nobody: {},
    wrong: { authorization: `Bearer ${TOKEN.slice(1)}` },
    basic: { authorization: `Basic ${TOKEN}` },
    'wrong with session': { authorization: 'Bearer x', cookie },
    'made-up session': { cookie: `${cookie}x` },
    'key alone': { 'x-tidegate-key': key },
    session: { cookie: `a=b; ${cookie}` },
    "another's key": { cookie, 'x-tidegate-key': other.key },
    'no key': { cookie, 'x-tidegate-key': '' },
    'two keys': { cookie, 'x-tidegate-key': `${key}, ${key}` },
    'session and key': { cookie, 'x-tidegate-key': key },
    token: BEARER,
  };
  const statuses = async (path: string, options: Ask): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(callers).map(async ([name, headers]) => {
          const { status } = await web.ask(path, { ...options, headers });
          return [name, status] as const;
        }),
      ),
    );
  const refused = {
    nobody: 401,
    wrong: 401,
    basic: 401,
    'wrong with session': 401,
    'made-up session': 401,
    'key alone': 401,
  };
  const session = (status: number): Record<string, number> =>
    Object.fromEntries(
      ['session', "another's key", 'no key', 'two keys'].map((name) => [name, status]),
    );

  for (const path of READS)
    assert.deepEqual(
      await statuses(path, {}),
      { ...refused, ...session(200), 'session and key': 200, token: 200 },
      path,
    );
  for (const [path, body] of ACTS) {
    // The task of the fake waits already: being told so is being let in.
    const done = path.endsWith('restart') ? 202 : path.endsWith('retry') ? 409 : 200;
    const expected = { ...refused, ...session(403), 'session and key': done, token: done };
    assert.deepEqual(await statuses(path, { method: 'POST', body }), expected, path);
  }
  for (const [path, body] of WRITES) {
    const done = /(codes|tasks)$/.test(path) ? 201 : /(deploy|rollback)$/.test(path) ? 202 : 200;
    const expected = { ...refused, ...session(403), 'session and key': 403, token: done };
    assert.deepEqual(await statuses(path, { method: 'POST', body }), expected, path);
  }
  for (const path of OPEN)
    assert.deepEqual(new Set(Object.values(await statuses(path, {}))), new Set([200]), path);
});

test('a refusal changes nothing', async (t) => {
  const web = await startFakeWeb(t);
  for (const [path, body] of [...ACTS, ...WRITES]) await web.ask(path, { method: 'POST', body });
  assert.deepEqual(web.control.asked, []);
});

test('a cookie alone changes nothing, so no page of another site can: what it sends has no key', async (t) => {
  const web = await startFakeWeb(t);
  const { cookie, key } = await signedIn(web);
  const sent = async (headers: Record<string, string>): Promise<unknown> => {
    const answers = await Promise.all(
      ACTS.map(([path, body]) => web.ask(path, { method: 'POST', body, headers })),
    );
    const codes = new Set(answers.map(({ json }) => json?.['code']));
    return codes.size === 1 ? [...codes][0] : [...codes];
  };
  const withKey = { cookie, 'x-tidegate-key': key };
  assert.equal(await sent({ cookie }), 'KEY_REFUSED');
  assert.equal(await sent({ cookie, origin: web.url }), 'KEY_REFUSED');
  assert.equal(await sent({ cookie, 'x-tidegate-key': 'guess' }), 'KEY_REFUSED');
  assert.equal(await sent({ ...withKey, origin: 'http://evil.example' }), 'ORIGIN_REFUSED');
  assert.equal(await sent({ ...withKey, host: 'evil.example:8081' }), 'HOST_REFUSED');
  web.clock.at += 13 * 3_600_000;
  assert.equal(await sent(withKey), 'UNAUTHORIZED');
  assert.deepEqual(web.control.asked, []);
  const preflight = await web.ask('/api/v1/services/api/scale', {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example', 'access-control-request-headers': 'x-tidegate-key' },
  });
  assert.deepEqual(
    [preflight.status, preflight.headers['access-control-allow-origin']],
    [403, undefined],
  );
});

test('a request that names another host is refused on every route, with the token too', async (t) => {
  const web = await startFakeWeb(t);
  for (const path of [...READS, ...OPEN, '/nowhere']) {
    const headers = { ...BEARER, host: 'evil.example:8081' };
    const { status, json } = await web.ask(path, { headers });
    assert.deepEqual([status, json?.['code']], [421, 'HOST_REFUSED'], path);
  }
  const { status } = await web.ask('/livez', { headers: { host: 'localhost:9' } });
  assert.equal(status, 200);
});

test('a request from a page of another origin is refused', async (t) => {
  const web = await startFakeWeb(t);
  const from = (origin: string): Promise<{ status: number }> =>
    web.ask('/api/v1/status', { headers: { ...BEARER, origin } });
  assert.equal((await from(web.url)).status, 200);
  for (const origin of ['null', 'http://evil.example', 'http://127.0.0.1:1'])
    assert.equal((await from(origin)).status, 403, origin);
});

test('a one-time code becomes a cookie that scripts cannot read and other sites cannot send, and a key', async (t) => {
  const web = await startFakeWeb(t);
  const { code } = await web.client.loginCode();
  const exchange = (): ReturnType<typeof web.ask> =>
    web.ask('/api/v1/session', { method: 'POST', body: { code } });
  const { status, headers, json } = await exchange();
  assert.equal(status, 200);
  assert.match(String(json?.['key']), /^[\w-]{32}$/);
  assert.equal(json?.['endsAt'], new Date(web.clock.at + 43_200_000).toISOString());
  assert.ok(!headers['set-cookie']?.[0]?.includes(String(json?.['key'])));
  assert.match(
    headers['set-cookie']?.[0] as string,
    /^tidegate_[0-9a-f]{8}=[\w-]{32}; Path=\/api\/v1\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
  const again = await exchange();
  assert.deepEqual([again.status, again.json?.['code']], [401, 'CODE_REFUSED']);
});

test('a session that is over lets nobody in', async (t) => {
  const web = await startFakeWeb(t);
  const { cookie } = await signedIn(web);
  web.clock.at += 13 * 3_600_000;
  assert.equal((await web.ask('/api/v1/status', { headers: { cookie } })).status, 401);
});

test('every refusal is problem+json without stack or secret', async (t) => {
  const web = await startFakeWeb(t);
  const post = (path: string, body: unknown): Ask & { path: string } => ({
    path,
    method: 'POST',
    body,
    headers: BEARER,
  });
  const cases: readonly (readonly [Ask & { path: string }, number, string])[] = [
    [{ path: '/nowhere' }, 404, 'NOT_FOUND'],
    [{ path: '/api/v1/nowhere', headers: BEARER }, 404, 'NOT_FOUND'],
    [{ path: '/api/v1/status', method: 'DELETE' }, 404, 'NOT_FOUND'],
    [{ path: '/api/v1/events', method: 'POST', headers: BEARER }, 404, 'NOT_FOUND'],
    [{ path: '/dashboard/../server.ts' }, 404, 'NOT_FOUND'],
    [{ path: '/dashboard/%2e%2e%2fserver.ts' }, 404, 'NOT_FOUND'],
    [{ path: '/%zz' }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/status' }, 401, 'UNAUTHORIZED'],
    [{ path: '/api/v1/services/nobody', headers: BEARER }, 404, 'UNKNOWN_SERVICE'],
    [{ path: '/api/v1/services/nobody/history', headers: BEARER }, 404, 'UNKNOWN_SERVICE'],
    [{ path: '/api/v1/logs?service=nobody', headers: BEARER }, 404, 'UNKNOWN_SERVICE'],
    [post('/api/v1/services/api/scale', { count: 11 }), 400, 'OUT_OF_RANGE'],
    [post('/api/v1/services/api/scale', { count: 'many' }), 400, 'BAD_REQUEST'],
    [post('/api/v1/services/api/scale', { count: 1.5 }), 400, 'BAD_REQUEST'],
    [post('/api/v1/services/api/scale', { count: -1 }), 400, 'BAD_REQUEST'],
    [post('/api/v1/services/api/scale', {}), 400, 'BAD_REQUEST'],
    [post('/api/v1/services/api/scale', { count: 1, more: 1 }), 400, 'BAD_REQUEST'],
    [post('/api/v1/session', { code: 5 }), 400, 'BAD_REQUEST'],
    [post('/api/v1/services/api/scale', { count: 'x'.repeat(5000) }), 413, 'BODY_TOO_LARGE'],
    [{ path: '/api/v1/services/api/history?from=noon', headers: BEARER }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/services/api/history?to=2026-99-99', headers: BEARER }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/services/api/decisions?last=0', headers: BEARER }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/services/api/decisions?lst=1', headers: BEARER }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/services/api/decisions?policy=hpa', headers: BEARER }, 400, 'BAD_REQUEST'],
    [{ path: '/api/v1/logs?lines=1&lines=2', headers: BEARER }, 400, 'BAD_REQUEST'],
  ];
  for (const [{ path, ...options }, status, code] of cases) {
    const answer = await web.ask(path, options);
    const label = `${options.method ?? 'GET'} ${path}`;
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', label);
    assert.deepEqual(
      [answer.status, answer.json?.['status'], answer.json?.['code']],
      [status, status, code],
      label,
    );
    assert.match(String(answer.json?.['type']), /^urn:tidegate:problem:[a-z-]+$/, label);
    assert.ok(String(answer.json?.['detail']).length > 10, label);
    assert.doesNotMatch(answer.text, /\.ts|node_modules|f00dfeed/, label);
  }
});

test('all problems of a request are listed at once', async (t) => {
  const web = await startFakeWeb(t);
  const { json } = await web.ask('/api/v1/logs?lines=none&follow=1&x=y', { headers: BEARER });
  assert.deepEqual(json?.['errors'], [
    { path: 'querystring', message: 'has the unknown key "x"' },
    { path: 'querystring/lines', message: 'has to be a whole number from 1 to 99999' },
    { path: 'querystring/follow', message: 'has to be true or false' },
  ]);
});

test('an error nobody foresaw is logged and answered without its words', async (t) => {
  const logged: object[] = [];
  const log = { ...silentLog, error: (facts: object) => void logged.push(facts) };
  const web = await startFakeWeb(t, { log });
  web.control.failure = new Error('secret path /srv/x');
  const { status, json, text } = await web.ask('/api/v1/status', { headers: BEARER });
  assert.deepEqual([status, json?.['code']], [500, 'INTERNAL']);
  assert.doesNotMatch(text, /secret/);
  assert.equal(logged.length, 1);
});

test('what is no HTTP at all gets a problem too', async (t) => {
  const web = await startFakeWeb(t);
  const { port } = new URL(web.url);
  const text = await new Promise<string>((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('end', () => resolve(received));
    socket.on('error', reject);
  });
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
  assert.match(text, /"code":"BAD_REQUEST"/);
});

test('answers cannot be framed, sniffed or kept, and scripts come from here alone', async (t) => {
  const web = await startFakeWeb(t);
  for (const path of ['/', '/metrics', '/nowhere', '/dashboard/main.js']) {
    const { headers } = await web.ask(path);
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'none'; script-src 'self'/,
    );
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['x-powered-by'], undefined, path);
  }
});

test('the page holds nothing inline and loads nothing from elsewhere', async (t) => {
  const web = await startFakeWeb(t);
  const { text, headers } = await web.ask('/');
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.doesNotMatch(text, /<style|\son\w+=|style=|https?:\/\/|<script(?![^>]*src=)/);
  for (const [, path] of text.matchAll(/(?:src|href)="([^"]+)"/g))
    assert.equal((await web.ask(path as string)).status, 200, path);
  assert.equal((await web.ask('/dashboard/words.test.ts')).status, 404);
});

test('ready is said once every service has its minimum', async (t) => {
  const web = await startFakeWeb(t);
  assert.equal((await web.ask('/readyz')).status, 200);
  web.control.current = { ...web.control.current, ready: false };
  assert.equal((await web.ask('/readyz')).status, 503);
  assert.equal((await web.ask('/livez')).status, 200);
});

test('what streams answers no HEAD, a probe does', async (t) => {
  const web = await startFakeWeb(t);
  const head = async (path: string): Promise<number> =>
    (await web.ask(path, { method: 'HEAD', headers: BEARER })).status;
  assert.equal(await head('/livez'), 200);
  assert.equal(await head('/api/v1/events'), 404);
  assert.equal(await head('/api/v1/logs'), 404);
});

test('a port in use is said with the key that sets it', async (t) => {
  const web = await startFakeWeb(t);
  const port = Number(new URL(web.url).port);
  const options = { control: fakeControl(), token: TOKEN, clock: web.clock, log: silentLog };
  await assert.rejects(startWeb({ ...options, host: '127.0.0.1', port, version: '1' }), {
    code: 'PORT_TAKEN',
    facts: { taken: [{ key: 'admin.port', host: '127.0.0.1', port, holder: null }] },
  });
  await assert.rejects(startWeb({ ...options, host: '192.0.2.1', port: 0, version: '1' }), {
    code: 'LISTEN_FAILED',
  });
});

test('a closed server answers nobody and listens to nothing', async (t) => {
  const web = await startFakeWeb(t);
  assert.equal(web.control.listeners(), 1);
  await web.close();
  assert.equal(web.control.listeners(), 0);
  await assert.rejects(ask(web.url, '/livez'), { code: 'ECONNREFUSED' });
});
