import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const databases = { main: { kind: 'postgres' }, cache: { kind: 'redis' } };
const routes = [{ service: 'api' }];

function input(backlog: object, more: object = { databases }): object {
  const services = { api: { command }, worker: { command, signals: { backlog } } };
  return { gateway: { routes }, services, ...more };
}

test('a queue of others is read from a list, a query or an address', () => {
  const of = (backlog: object) => resolved(input(backlog)).services['worker']?.backlog;
  assert.deepEqual(of({ redisList: 'bull:emails:wait' }), {
    kind: 'redis-list',
    list: 'bull:emails:wait',
    from: { kind: 'database', name: 'cache' },
  });
  assert.deepEqual(of({ sql: 'select 1', database: 'main' }), {
    kind: 'sql',
    query: 'select 1',
    from: { kind: 'database', name: 'main' },
  });
  assert.deepEqual(of({ sql: 'select 1', url: { file: 'db' } }), {
    kind: 'sql',
    query: 'select 1',
    from: { kind: 'url', url: { file: '/srv/My Shop/db' } },
  });
  assert.deepEqual(of({ http: 'http://127.0.0.1:9/depth', path: 'queue.length' }), {
    kind: 'http',
    address: 'http://127.0.0.1:9/depth',
    path: ['queue', 'length'],
  });
  assert.deepEqual(of({ http: 'https://a/b' }), { kind: 'http', address: 'https://a/b', path: [] });
});

test('what a backlog lacks is told with its path', () => {
  const at = 'services.worker.signals.backlog';
  const given = (...all: Parameters<typeof input>) => problems(input(...all)).join('\n');
  assert.equal(
    given({ sql: 'select 1' }, {}),
    `${at}.url: is missing: it must say which PostgreSQL is asked, for databases has none`,
  );
  const two = { databases: { ...databases, other: { kind: 'redis' } } };
  assert.equal(
    given({ redisList: 'a' }, two),
    `${at}.database: is missing: it must say which Redis is asked (there is cache, other)`,
  );
  assert.equal(
    given({ redisList: 'a', database: 'cahce' }, two),
    `${at}.database: must be a Redis of databases (there is cache, other), got "cahce"; did you mean cache?`,
  );
  assert.match(
    given({ redisList: 'a', database: 'main' }),
    /database: must be a Redis of databases/,
  );
  assert.match(
    given({ sql: 'a', url: 'postgres://a', database: 'main' }),
    /url: must not stand beside database/,
  );
  assert.match(
    given({ redisList: 'a', url: 'http://a:hunter2@b' }),
    /url: must be an address such as 'redis:[^2]*$/,
  );
  assert.match(
    given({ http: 'ftp://a:hunter2@b' }),
    /http: must be an address that begins with 'http[^2]*$/,
  );
  assert.match(given({ http: 'http://a', redisList: 'b' }), /backlog/);
  assert.equal(
    given({ redislist: 'bull:emails:wait' }),
    `${at}.redislist: is not a key of the configuration, got "bull:emails:wait"; did you mean redisList?`,
  );
});

test('rules that look at a queue need one', () => {
  const scale = {
    up: { backlog: 10, cpu: false },
    down: { backlog: 1 },
    target: { drainTime: '30s', backlog: 3 },
  };
  const api = { command, scale };
  const said = problems({ services: { api } });
  assert.deepEqual(
    said.map((line) => line.slice(0, line.indexOf(':'))),
    ['target.drainTime', 'target.backlog', 'up.backlog', 'down.backlog'].map(
      (key) => `services.api.scale.${key}`,
    ),
  );
  assert.match(said[0] ?? '', /needs a queue that api works off: have one in tasks\.queues/);
  const off = { command, scale: { up: { backlog: false } } };
  assert.deepEqual(problems({ services: { api: off } }), []);
  const queues = { a: { service: 'api' } };
  assert.deepEqual(problems({ services: { api }, tasks: { queues } }), []);
  const async = [{ service: 'api', async: true }];
  assert.deepEqual(problems({ services: { api }, gateway: { routes: async } }), []);
  const signals = { backlog: { http: 'http://a' } };
  assert.deepEqual(problems({ services: { api: { ...api, signals } } }), []);
});

test('with the policy target a queue is worked off in 30 s unless another target is named', () => {
  const target = (scale: object) =>
    resolved({
      gateway: { routes },
      services: { api: { command, scale }, worker: { command, concurrency: 8, scale } },
      tasks: { queues: { default: { service: 'worker' }, more: { service: 'api' } } },
    });
  const of = (scale: object, name: string) => target(scale).services[name]?.scale.target;
  assert.deepEqual(of({ policy: 'target' }, 'worker'), { drainTimeMs: 30_000 });
  assert.deepEqual(of({ policy: 'target' }, 'api'), { concurrency: 10, drainTimeMs: 30_000 });
  assert.deepEqual(of({ policy: 'target', target: { cpu: 0.5 } }, 'worker'), { cpu: 0.5 });
  assert.deepEqual(of({}, 'worker'), { concurrency: 5.6 });
});
