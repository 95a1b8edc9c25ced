import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { guardedState, inSeconds, issuer } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

test('subjects of two who vouch for them are two, also where they are called the same', async (t) => {
  const [ours, theirs] = [issuer('HS256', 'ours'), issuer('HS256', 'theirs')];
  const api = await startUpstream(t, 'api');
  const tasks = await startUpstream(t, 'tasks');
  const states = {
    main: guardedState(api.port, [ours.key], { jwt: { issuer: 'https://id.example/?a=%25' } }),
    other: guardedState(api.port, [theirs.key]),
  };
  const { services } = gatewayState([
    service({ servers: [server('api-1', api.port)] }),
    service({ name: TASKS_SERVICE, servers: [server('tasks-1', tasks.port)] }),
  ]);
  const jwtOf = (name: 'main' | 'other') => ({ ...states[name].gateway.jwt['main'], name });
  const keysOf = (name: 'main' | 'other') => states[name].keys['main'];
  const state = {
    ...states.main,
    services,
    keys: { main: keysOf('main'), other: keysOf('other') },
    gateway: {
      ...states.main.gateway,
      jwt: { main: jwtOf('main'), other: jwtOf('other') },
      routes: [
        route({ path: '/tasks/*', service: TASKS_SERVICE, auth: 'main' }),
        route({ path: '/other', auth: 'other', async: 'slow' }),
      ],
    },
  } as typeof states.main;
  const { url } = await runHaproxy(t, state);
  const ask = async (path: string, token: string): Promise<IncomingHttpHeaders> => {
    const headers = {
      prefer: 'respond-async',
      authorization: `Bearer ${token}`,
      'x-tidegate-issuer': 'forged',
    };
    return (
      (await (await fetch(`${url}${path}`, { headers })).json()) as { headers: IncomingHttpHeaders }
    ).headers;
  };
  const claims = { sub: '42', iss: 'https://id.example/?a=%25', exp: inSeconds(60) };
  const [mine, others] = [
    await ask('/tasks/1', ours.token(claims)),
    await ask('/other', theirs.token(claims)),
  ];
  assert.deepEqual([mine['x-tidegate-subject'], others['x-tidegate-subject']], ['42', '42']);
  assert.equal(mine['x-tidegate-issuer'], 'https://id.example/?a=%25');
  assert.equal(others['x-tidegate-issuer'], 'other');
});
