import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { sampledKeys } from './log.ts';

const HOSTILE = [
  '"}, "status":200',
  '\\"',
  '\\',
  "'; $HOME `id` #",
  '%[env(HOME)] %{+Q}o %ci',
  'tab\there',
  'r\u00e9\u{1f4a5}',
  '<script>',
  'x'.repeat(3_000),
];

test('a line says service, route, status and times, and routes no parser trips over', async (t) => {
  const a = await startUpstream(t, 'a');
  const routes = [
    route({ path: '/x/*', id: `"}'%[src] #é$HOME\\` }),
    route({ path: '/empty', service: 'empty' }),
  ];
  const services = [service({ servers: [server('api-1', a.port)] }), service({ name: 'empty' })];
  const haproxy = await runHaproxy(t, gatewayState(services, { routes }));
  await fetch(`${haproxy.url}/x/y`);
  await fetch(`${haproxy.url}/empty`);
  await fetch(`${haproxy.url}/nowhere`);
  await sendRaw(haproxy.port, 'complete nonsense\r\n\r\n');
  await until('four lines', () => haproxy.lines.length === 4);
  assert.equal(haproxy.lines[3]?.['status'], 0);
  const [odd, own, none] = haproxy.lines;
  assert.deepEqual([own?.['service'], own?.['route'], own?.['status']], ['empty', '/empty', 503]);
  assert.deepEqual([none?.['service'], none?.['route'], none?.['status']], [':gateway', null, 404]);
  assert.equal(odd?.['route'], routes[0]?.id);
  assert.deepEqual([odd?.['server'], odd?.['permille']], ['s1', 1000]);
  assert.ok(Math.abs(Number(none?.['at']) - Date.now()) < 60_000, 'ms since the epoch');
  for (const key of ['tq', 'tw', 'tc', 'tr', 'ta', 'bytes']) {
    assert.equal(typeof none?.[key], 'number', key);
  }
});

test('sampling follows the map, says what was in force and keeps every 5xx', async (t) => {
  const a = await startUpstream(t, 'a', {
    '/broken': (_request, response) => response.writeHead(500).end(),
  });
  const routes = [route({ path: '/empty', service: 'empty' }), route({ path: '/*' })];
  const services = [service({ servers: [server('api-1', a.port)] }), service({ name: 'empty' })];
  const haproxy = await runHaproxy(t, gatewayState(services, { routes }));
  const folder = /stats socket (\S+)\/runtime/.exec(haproxy.planned.rendered.config)?.[1];
  for (const [key, permille] of [
    ['api', 100],
    ['empty', 0],
    [':gateway', 0],
  ]) {
    const answer = await haproxy.tell(`set map ${folder}/samp.map ${key} ${permille}`);
    assert.equal(answer.trim(), '');
  }
  for (let n = 0; n < 400; n++) await (await fetch(haproxy.url)).text();
  for (let n = 0; n < 10; n++) assert.equal((await fetch(`${haproxy.url}/broken`)).status, 500);
  for (let n = 0; n < 10; n++) assert.equal((await fetch(`${haproxy.url}/empty`)).status, 503);
  const count = (status: number): number =>
    haproxy.lines.filter((line) => line['status'] === status).length;
  await until('every 5xx is logged', () => count(500) === 10 && count(503) === 10);
  // 400 at one in ten: 40 ± 6; the bounds are ten deviations away.
  assert.ok(count(200) > 0 && count(200) < 100, `${count(200)} of 400`);
  for (const line of haproxy.lines) {
    assert.equal(line['permille'], line['status'] === 200 ? 100 : 1000);
  }
});

test('where an access log takes every request there is no share to change: HAProxy knows no such map then', async (t) => {
  const services = [service()];
  assert.deepEqual([...sampledKeys(gatewayState(services))], [':gateway', 'api']);
  const state = gatewayState(services, { accessLog: true });
  assert.deepEqual([...sampledKeys(state)], []);
  const haproxy = await runHaproxy(t, state);
  assert.match(await haproxy.tell('show map'), /routes\.map/);
  assert.doesNotMatch(await haproxy.tell('show map'), /samp\.map/);
});

test('the access log is JSON whatever a client sends, the same on stdout and in the ring', async (t) => {
  const a = await startUpstream(t, 'a');
  const state = gatewayState([service({ servers: [server('api-1', a.port)] })], {
    accessLog: true,
  });
  const haproxy = await runHaproxy(t, state);
  for (const agent of HOSTILE) {
    const path = encodeURI(`/${agent.slice(0, 2_000)}`)
      .replaceAll('%22', '"')
      .replaceAll('#', '');
    await sendRaw(
      haproxy.port,
      `GET ${path}?secret=1 HTTP/1.1\r\nHost: "x\r\nConnection: close\r\nUser-Agent: ${agent}\r\n\r\n`,
    );
  }
  await sendRaw(haproxy.port, 'complete nonsense\r\n\r\n');
  await sendRaw(haproxy.port, 'GET /\u0001" HTTP/1.1\r\nx: y\r\n\r\n');
  await until('all are logged', () => haproxy.lines.length >= HOSTILE.length + 2);
  const told = () => haproxy.stdout().trim().split('\n');
  await until('on stdout too', () => told().length === haproxy.lines.length);
  assert.deepEqual(
    told().map((line) => JSON.parse(line)),
    haproxy.lines,
  );
  for (const line of haproxy.lines) {
    assert.doesNotMatch(String(line['path']), /secret/);
    const keys = Object.keys(line).length;
    assert.ok(keys === 21 || (keys === 16 && line['status'] === 0), JSON.stringify(line));
  }
  const agents = haproxy.lines.map((line) => String(line['agent']));
  for (const agent of HOSTILE.slice(0, 6)) assert.ok(agents.includes(agent), agent);
  // HAProxy's converter knows three bytes a character at most and leaves longer ones out.
  assert.ok(agents.includes('r\u00e9'), JSON.stringify(agents));
});
