import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test, type TestContext } from 'node:test';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { RouteSpec } from '../../spec/spec.ts';
import { runHaproxy, sendRaw, type RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { guardedState, inSeconds, issuer, type Issuer } from './fixtures/tokens.ts';
import { startUpstream, type Upstream } from './fixtures/upstream.ts';

const ASYNC = { prefer: 'respond-async' };

/** What the service that got a request says of it. */
interface Echo {
  readonly name: string;
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

interface Taking extends RunningHaproxy {
  readonly tasks: Upstream;
  readonly secret: Issuer;
  ask(path: string, init?: RequestInit): Promise<Response & { readonly echo: Echo }>;
}

/** `api` behind these routes, the tasks service behind `/tasks/*`; `/202` is answered so. */
async function taking(
  t: TestContext,
  routes: readonly RouteSpec[],
  gateway: object = {},
): Promise<Taking> {
  const secret = issuer('HS256');
  const api = await startUpstream(t, 'api');
  const tasks = await startUpstream(t, 'tasks', {
    '/202': (_request, response) => {
      response.writeHead(202, { 'x-internal': '1', location: '/tasks/1' }).end('{}');
    },
    '/gone': (request) => request.socket.destroy(),
  });
  const own = gatewayState([
    service({ servers: [server('api-1', api.port)] }),
    service({ name: TASKS_SERVICE, servers: [server('tasks-1', tasks.port)] }),
  ]);
  const guarded = guardedState(api.port, [secret.key], { jwt: { forward: {} } });
  const state = {
    ...guarded,
    services: own.services,
    gateway: { ...guarded.gateway, routes, ...gateway },
  };
  const haproxy = await runHaproxy(t, state);
  return {
    ...haproxy,
    tasks,
    secret,
    async ask(path, init = {}) {
      const answer = await fetch(`${haproxy.url}${path}`, init);
      const text = await answer.clone().text();
      return Object.assign(answer, { echo: JSON.parse(text === '' ? '{}' : text) as Echo });
    },
  };
}

const own = (path: string, differs: Partial<RouteSpec> = {}): RouteSpec =>
  route({ path, service: TASKS_SERVICE, ...differs });

test('what prefers to be a task goes to who takes tasks, as its service would have seen it, without credentials', async (t) => {
  const { ask, secret } = await taking(t, [
    route({
      path: '/v1/*',
      auth: 'main',
      async: 'slow',
      rewrite: '/inner/*',
      requestHeaders: { 'x-plan': 'free', 'x-drop': null, authorization: 'Basic c2VjcmV0' },
    }),
  ]);
  const authorization = `Bearer ${secret.token({ sub: 'me', exp: inSeconds(60) })}`;
  const headers = {
    authorization,
    cookie: 'session=1',
    'x-drop': '1',
    'x-plan': 'gold',
    'content-type': 'text/plain',
  };
  const init = { method: 'PATCH', body: 'work' };
  const plain = await ask('/v1/a/b?c=%64&e', { ...init, headers });
  const task = await ask('/v1/a/b?c=%64&e', { ...init, headers: { ...headers, ...ASYNC } });
  assert.equal(plain.echo.name, 'api');
  assert.equal(plain.echo.headers.cookie, 'session=1');
  assert.ok(!Object.keys(plain.echo.headers).some((name) => name.startsWith('x-tidegate')));
  assert.equal(task.echo.name, 'tasks');
  const { url, method } = task.echo;
  assert.deepEqual({ url, method }, { url: '/inner/a/b?c=%64&e', method: 'PATCH' });
  const varying = ['x-request-id', 'traceparent'];
  const differs = (a: Echo, b: Echo): readonly string[] =>
    Object.entries(a.headers)
      .filter(([name, value]) => b.headers[name] !== value && !varying.includes(name))
      .map(([name, value]) => `${name}: ${[value].flat().join()}`);
  assert.deepEqual(differs(plain.echo, task.echo), [
    'cookie: session=1',
    'authorization: Basic c2VjcmV0',
  ]);
  assert.deepEqual(differs(task.echo, plain.echo), [
    'prefer: respond-async',
    'x-tidegate-queue: slow',
    'x-tidegate-body-limit: 10485760',
    'x-tidegate-subject: me',
    'x-tidegate-issuer: main',
  ]);
});

test('whose task it is comes from the verified token alone, remembered or not, also where tasks are sent to a queue', async (t) => {
  const { ask, secret, url } = await taking(t, [
    own('/tasks/:queue/lease', { methods: ['POST'] }),
    own('/tasks/*', { auth: 'main' }),
    route({ path: '/open', async: 'slow' }),
  ]);
  const bearer = (claims: object): { readonly authorization: string } => ({
    authorization: `Bearer ${secret.token({ exp: inSeconds(60), ...claims })}`,
  });
  const forged = { 'x-tidegate-subject': 'forged', x_tidegate_subject: 'forged' };
  for (const sub of ['me', 'a "b"', '007', 'you']) {
    const headers = { ...bearer({ sub }), ...forged };
    for (let turn = 0; turn < 2; turn++) {
      const { echo } = await ask('/tasks/default', { method: 'POST', headers });
      assert.equal(echo.headers['x-tidegate-subject'], sub);
      assert.equal(echo.headers.authorization, undefined);
      assert.equal(echo.headers['x-tidegate-queue'], undefined);
    }
  }
  const nobody = await ask('/tasks/default', { headers: { ...bearer({}), ...forged } });
  assert.equal(nobody.echo.headers['x-tidegate-subject'], undefined);
  const unfit = { headers: bearer({ sub: 'two\nlines' }) };
  assert.equal((await fetch(`${url}/tasks/default`, unfit)).status, 401, 'nobody would own it');

  const lease = { method: 'POST', headers: { authorization: 'Bearer worker', ...forged } };
  const worker = await ask('/tasks/slow/lease', lease);
  assert.equal(worker.echo.headers.authorization, 'Bearer worker');
  assert.equal(worker.echo.headers['x-tidegate-subject'], undefined);
  const open = await ask('/open', { headers: { ...ASYNC, ...forged, ...bearer({ sub: 'me' }) } });
  assert.equal(open.echo.headers['x-tidegate-subject'], undefined);
  assert.equal(open.echo.headers.authorization, undefined);
});

test('nobody but the gateway and the dispatcher says the headers of tasks, however they are spelled', async (t) => {
  const { port, tasks } = await taking(t, [
    own('/tasks/*'),
    route({ path: '/open', async: 'slow' }),
    route({ path: '/*' }),
  ]);
  const names = ['id', 'attempt', 'queue', 'subject'].flatMap((name) => [
    `task-${name}`,
    `task_${name}`,
    `Task-${name.toUpperCase()}`,
    `task.${name}`,
  ]);
  const ours = ['queue', 'subject', 'service', 'answered-by'].flatMap((name) => [
    `x-tidegate-${name}`,
    `x_tidegate_${name.replace('-', '_')}`,
    `X-Tidegate_${name}`,
    `x_tidegate-${name}`,
  ]);
  const forged = [...names, ...ours].map((name) => `${name}: forged`);
  const kept = ['task-delay: 1s', 'idempotency-key: k', 'task-ids: own'];
  for (const [path, prefer] of [
    ['/tasks/slow', 'a'],
    ['/open', 'respond-async'],
    ['/open', 'a'],
    ['/plain', 'respond-async'],
  ] as const) {
    const head = [`POST ${path} HTTP/1.1`, 'Host: a', `Prefer: ${prefer}`, ...forged, ...kept];
    const answer = await sendRaw(port, [...head, 'Connection: close', '\r\n'].join('\r\n'));
    assert.match(answer, /^HTTP\/1.1 200/);
    assert.ok(!answer.includes('forged'), answer);
    for (const line of kept) assert.ok(answer.includes(line.split(': ')[0] as string));
    const isTask = path === '/open' && prefer === 'respond-async';
    assert.equal(answer.includes('"x-tidegate-queue":"slow"'), isTask, path);
  }
  assert.equal(tasks.seen.length, 2);
});

test('a project without tasks keeps its hands off the headers of others', async (t) => {
  const api = await startUpstream(t, 'api');
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('a', api.port)] })]),
  );
  const headers = { 'task-id': '7', prefer: 'respond-async' };
  const { name, headers: seen } = (await (await fetch(haproxy.url, { headers })).json()) as Echo;
  assert.equal(name, 'api');
  assert.equal(seen['task-id'], '7');
});

test('a task meets the limits of its route once, when it is taken', async (t) => {
  const perIp = {
    per: { kind: 'ip' },
    requests: 2,
    windowMs: 60_000,
    followCapacity: false,
  } as const;
  const { ask, url, tasks } = await taking(t, [
    route({ path: '/limited', async: 'slow', rateLimit: perIp }),
    route({ path: '/small', async: 'slow', bodyLimitBytes: 10, lengthRequired: true }),
    route({ path: '/api/*', async: 'slow', rewrite: '/v2/*' }),
  ]);
  const status = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(url + path, { headers: ASYNC, ...init })).status;
  assert.deepEqual(
    [await status('/limited'), await status('/limited'), await status('/limited')],
    [200, 200, 429],
  );
  assert.equal(await status('/small', { method: 'POST', body: 'x'.repeat(10) }), 200);
  assert.equal(await status('/small', { method: 'POST', body: 'x'.repeat(11) }), 413);
  const body = new Blob(['stream']).stream();
  const chunked = { method: 'POST', body, duplex: 'half' } as RequestInit;
  assert.equal(await status('/small', chunked), 411);
  assert.equal(await status('/api/a//b'), 400);
  assert.equal(tasks.seen.length, 3);
  assert.equal((await ask('/api/a', { headers: ASYNC })).echo.url, '/v2/a');
});

test('a task is neither answered from what is kept nor kept', async (t) => {
  const cache = { ttlMs: 60_000, sizeBytes: 2 ** 20, maxObjectBytes: 2 ** 16 };
  const { ask } = await taking(t, [route({ path: '/*', async: 'slow', cache })]);
  const told = async (headers = {}): Promise<string> => {
    const answer = await ask('/', { headers });
    return `${answer.echo.name} ${answer.headers.get('cache-status')}`;
  };
  assert.equal(await told(ASYNC), 'tasks null');
  assert.equal(await told(), 'api tidegate; fwd=miss');
  assert.equal(await told(), 'api tidegate; hit');
  assert.equal(await told(ASYNC), 'tasks null');
  assert.equal(await told(), 'api tidegate; hit');
});

test('what the route sets in answers is set on those of its service, and what it removes is on none', async (t) => {
  const responseHeaders = { 'x-internal': null, 'cache-control': 'max-age=60' };
  const { ask } = await taking(t, [route({ path: '/*', async: 'slow', responseHeaders })]);
  const taken = await ask('/202', { headers: ASYNC });
  assert.equal(taken.status, 202);
  assert.equal(taken.headers.get('cache-control'), null);
  assert.equal(taken.headers.get('x-internal'), null);
  assert.equal(taken.headers.get('location'), '/tasks/1');
  const waited = await ask('/done', { headers: ASYNC });
  assert.equal(waited.headers.get('cache-control'), 'max-age=60');
});

test('a request that becomes a task is sent once, and no tunnel', async (t) => {
  const { url, port, tasks } = await taking(t, [route({ path: '/*', async: 'slow' })]);
  assert.equal((await fetch(`${url}/gone`, { headers: ASYNC })).status, 502);
  assert.equal(tasks.seen.length, 1);
  const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', key, 'Prefer: respond-async'];
  const head = ['GET /up HTTP/1.1', 'Host: a', ...upgrade, '\r\n'].join('\r\n');
  const answer = await sendRaw(
    port,
    `${head}GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1.1 200/);
  assert.ok(!answer.includes('"upgrade"'));
});

test('a worker that hangs up while it waits for a task is gone for who would lease it one', async (t) => {
  let left: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => (left = resolve));
  const came: AbortController = new AbortController();
  const tasks = await startUpstream(t, 'tasks', {
    '/tasks/slow/lease': (request) => {
      request.socket.on('close', () => left?.());
      came.abort();
    },
  });
  const haproxy = await runHaproxy(
    t,
    gatewayState(
      [service(), service({ name: TASKS_SERVICE, servers: [server('tasks-1', tasks.port)] })],
      { routes: [own('/tasks/*')] },
    ),
  );
  const init = { method: 'POST', body: '{}', signal: came.signal };
  await assert.rejects(fetch(`${haproxy.url}/tasks/slow/lease`, init));
  await gone;
});
