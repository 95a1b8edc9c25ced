import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { test } from 'node:test';
import { adminOf, scaleTo } from '../support/admin.ts';
import { ask } from '../support/gateway.ts';
import { createProject, type Project } from '../support/project.ts';
import { until } from '../support/until.ts';

/** Answers with what it was asked; fails where the address says so, and tells at `/gone` who hung up. */
const SERVICE = `
  const gone = [];
  require('node:http').createServer((request, response) => {
    const { url, headers } = request;
    if (url === '/users/gone') return response.end(JSON.stringify(gone));
    if (/=slow|slow$/.test(url)) return response.on('close', () => gone.push(url));
    if (/=bad/.test(url)) response.statusCode = 500;
    const client = headers['x-forwarded-for'];
    response.end(JSON.stringify({ url, client, id: headers['x-request-id'], sub: headers['x-user-id'] }));
  }).listen(process.env.PORT, process.env.HOST);
  process.on('SIGTERM', () => process.exit(0));
`;

const command = 'node service.cjs';
// With a bound, the gateway tells a service that who asked has gone.
const services = { users: { command, concurrency: 50 }, orders: { command, concurrency: 50 } };
const aggregate = {
  user: '/users/:id',
  orders: { path: '/orders?user=:id', timeout: '30s', optional: true },
};
const overview = { path: '/overview/:id', aggregate };
const routes = [
  overview,
  { path: '/users/*', service: 'users' },
  { path: '/orders', service: 'orders' },
];

async function up(
  t: Parameters<typeof createProject>[0],
  gateway: object,
  more: object = {},
): Promise<Project> {
  const project = await createProject(
    t,
    { services, gateway, ...more },
    { 'service.cjs': SERVICE },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);
  return project;
}

test('one answer is made of two services, by a service that is scaled and deployed like any other', async (t) => {
  const project = await up(t, { routes });
  const get = (path: string) => ask(project.gatewayPort, path);

  const answer = await get('/overview/7');
  assert.equal(answer.status, 200);
  const { user, orders } = JSON.parse(answer.body);
  assert.deepEqual([user.url, orders.url], ['/users/7', '/orders?user=7']);
  assert.deepEqual([user.client, orders.client], ['127.0.0.1', '127.0.0.1']);
  assert.deepEqual([user.id, orders.id], Array(2).fill(answer.headers['x-request-id']));

  const optional = JSON.parse((await get('/overview/bad')).body);
  assert.equal(optional.user.url, '/users/bad');
  assert.deepEqual(optional.failed, [{ part: 'orders', status: 500, detail: 'answered 500' }]);
  assert.equal((await get('/overview/a%2fb')).status, 400);

  const client = await adminOf(project.folder);
  await scaleTo(client, 'tidegate-aggregate', 2);
  const { replicas } = await client.service('tidegate-aggregate');
  assert.equal(new Set(replicas.map(({ pid }) => pid)).size, 2);
  assert.match((await project.run('status')).out, /tidegate-aggregate +2 /);

  // Another aggregate is another route: what it is made of changes with the gateway, and no replica is replaced.
  const people = { ...overview, aggregate: { ...aggregate, people: '/users/people' } };
  const config = JSON.parse(await configOf(project));
  config.gateway.routes = [people, ...routes.slice(1)];
  project.write('tidegate.config.json', JSON.stringify(config));
  const deployed = await project.run('deploy');
  assert.equal(deployed.code, 0, deployed.err);
  // A kept connection gets one more answer of the gateway before.
  await until('the answer has one more part', async () => {
    const { status, body } = await get('/overview/7');
    assert.equal(status, 200);
    return JSON.parse(body).people?.url === '/users/people';
  });
  const after = await client.service('tidegate-aggregate');
  const pids = (some: typeof replicas) => new Set(some.map(({ pid }) => pid));
  assert.deepEqual(pids(after.replicas), pids(replicas));

  // What no route needs any more goes.
  config.gateway.routes = routes.slice(1);
  project.write('tidegate.config.json', JSON.stringify(config));
  assert.equal((await project.run('deploy')).code, 0);
  await until('it to be gone', async () =>
    (await project.status()).services.every(({ name }) => name !== 'tidegate-aggregate'),
  );
  await until('nothing to answer', async () => (await get('/overview/7')).status === 404);

  // And comes back before a route leads to it.
  config.gateway.routes = routes;
  project.write('tidegate.config.json', JSON.stringify(config));
  assert.equal((await project.run('deploy')).code, 0);
  await until('the whole again', async () => (await get('/overview/7')).status === 200);
});

test('a part that is too slow fails alone or all; a client that goes takes its parts along', async (t) => {
  const slow = {
    path: '/slow/:id',
    timeout: '3s',
    aggregate: { user: '/users/slow', other: '/orders?user=:id' },
  };
  const project = await up(t, { routes: [slow, ...routes] });
  const required = await ask(project.gatewayPort, '/slow/7');
  assert.equal(required.status, 504);
  assert.equal(JSON.parse(required.body).detail, 'The part user did not answer within 3s.');
  const gone = async (): Promise<string[]> =>
    JSON.parse((await ask(project.gatewayPort, '/users/gone')).body);
  const before = (await gone()).length;
  const client = request({ host: '127.0.0.1', port: project.gatewayPort, path: '/overview/slow' });
  client.on('error', () => undefined).end();
  const status = await adminOf(project.folder);
  await until('it is under way', async () => {
    const { signals } = await status.service('users');
    return (signals.concurrency ?? 0) > 0;
  });
  client.destroy();
  await until('its part is hung up on', async () => (await gone()).length > before);
});

test('parts are limited by who the client is, not by who asks for them', async (t) => {
  const rateLimit = { per: 'ip', requests: 3, window: '1h' };
  const limited = routes.map((route) =>
    route.path === '/users/*' ? { ...route, rateLimit } : route,
  );
  const project = await up(t, { routes: limited });
  const from = async (localAddress: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { gatewayPort: port } = project;
      request({ host: '127.0.0.1', port, path: '/overview/7', localAddress })
        .on('response', (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end();
    });
  const first = [];
  for (let n = 0; n < 5; n++) first.push(await from('127.0.0.1'));
  assert.deepEqual(first, [200, 200, 200, 429, 429]);
  assert.equal(await from('127.0.0.2'), 200, 'another client has a limit of its own');
});

test('a protected part is got with a token alone, and a claim leads to its own user only', async (t) => {
  const jwt = { main: { algorithms: ['HS256'], keys: { file: 'secret.txt' } } };
  const mine = { path: '/me', auth: 'main', aggregate: { user: '/users/:claims.sub' } };
  const protectedRoutes = [
    mine,
    { ...overview, auth: 'main' },
    { path: '/users/*', service: 'users', auth: 'main' },
    { path: '/orders', service: 'orders' },
  ];
  const secret = 'a-secret-of-32-characters-and-more';
  const project = await createProject(
    t,
    { services, gateway: { jwt, routes: protectedRoutes } },
    { 'service.cjs': SERVICE, 'secret.txt': secret },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);
  const token = (sub: string, key = secret): string => {
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 600;
    const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub, exp })}`;
    return `Bearer ${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };
  const get = (path: string, authorization?: string) =>
    ask(project.gatewayPort, path, { headers: authorization ? { authorization } : {} });

  const answer = await get('/me', token('ann'));
  assert.equal(answer.status, 200, answer.body);
  assert.deepEqual(
    [JSON.parse(answer.body).user.url, JSON.parse(answer.body).user.sub],
    ['/users/ann', 'ann'],
  );
  assert.equal((await get('/me', token('../bob'))).status, 400);
  for (const path of ['/me', '/overview/7', '/users/7']) {
    for (const bad of [undefined, token('ann', 'another-secret-of-32-characters!!'), 'Bearer x']) {
      assert.equal((await get(path, bad)).status, 401, path);
    }
  }
  assert.equal((await get('/overview/7', token('ann'))).status, 200);

  const config = JSON.parse(await configOf(project));
  config.gateway.routes[1] = overview;
  project.write('tidegate.config.json', JSON.stringify(config));
  const refused = await project.run('config', 'check');
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /routes\[1\]\.aggregate\.user: may lead to \/users\/\*, which asks for auth: 'main'/,
  );
});

async function configOf({ folder }: Project): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(`${folder}/tidegate.config.json`, 'utf8');
}
