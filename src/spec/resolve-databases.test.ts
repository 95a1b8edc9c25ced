import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const services = { api: { command } };
const tasks = { queues: { default: { service: 'api' } } };

test('a database is one of the user or one that is started', () => {
  const databases = {
    main: { kind: 'postgres', url: { file: 'main.url' } },
    'read-only': { kind: 'postgres', url: 'postgresql://me@db:5432/shop?sslmode=require' },
    cache: { kind: 'redis' },
  };
  assert.deepEqual(resolved({ services, databases }).databases, {
    main: {
      name: 'main',
      kind: 'postgres',
      url: { file: '/srv/My Shop/main.url' },
      implicit: false,
    },
    'read-only': {
      name: 'read-only',
      kind: 'postgres',
      url: 'postgresql://me@db:5432/shop?sslmode=require',
      implicit: false,
    },
    cache: { name: 'cache', kind: 'redis', url: null, implicit: false },
  });
});

test('tasks take the only PostgreSQL, or the one they name, or get one of their own', () => {
  const given = (databases: object, more: object = {}) =>
    resolved({ services, tasks: { ...tasks, ...more }, databases });
  const one = given({ main: { kind: 'postgres' }, cache: { kind: 'redis' } });
  assert.equal(one.tasks?.database, 'main');
  assert.deepEqual(Object.keys(one.databases), ['main', 'cache']);
  const named = given({ a: { kind: 'postgres' }, b: { kind: 'postgres' } }, { database: 'b' });
  assert.equal(named.tasks?.database, 'b');
  const none = given({ cache: { kind: 'redis' } });
  assert.equal(none.tasks?.database, 'tasks');
  assert.equal(none.databases['tasks']?.implicit, true);
});

test('what is wrong with databases is told with its path, and never an address', () => {
  const given = (databases: object, more: object = {}, env: object = {}) =>
    problems({ services: { api: { command, env } }, databases, ...more }).join('\n');
  const main = { kind: 'postgres' };
  assert.equal(
    given(
      { main, 'read-only': main },
      {},
      { MAIN_URL: 'x', READ_ONLY_URL: { env: 'X' }, OTHER_URL: 'x' },
    ),
    'services.api.env.MAIN_URL: must not be set: replicas find the address of databases.main in it\n' +
      'services.api.env.READ_ONLY_URL: must not be set: replicas find the address of databases.read-only in it',
  );
  assert.match(
    given({ 'tidegate-gateway': main }),
    /databases\.tidegate-gateway: must have another name: TIDEGATE_GATEWAY_URL/,
  );
  for (const [kind, url] of [
    ['postgres', 'redis://a:hunter2@b'],
    ['postgres', 'postgres://'],
    ['redis', 'b:6379'],
  ] as const) {
    const said = given({ main: { kind, url } });
    if (url === 'postgres://') assert.equal(said, '', 'everything in it may be left out');
    else
      assert.match(
        said,
        new RegExp(`^databases\\.main\\.url: must be an address such as '${kind}:`),
      );
    assert.doesNotMatch(said, /hunter2/);
  }
  assert.match(
    given({ a: main, b: main }, { tasks }),
    /^tasks\.database: is missing: it must say which PostgreSQL holds the tasks \(there is a, b\)$/,
  );
  assert.match(
    given({ main, cache: { kind: 'redis' } }, { tasks: { ...tasks, database: 'cache' } }),
    /^tasks\.database: must be a PostgreSQL: this one is a Redis/,
  );
  assert.match(
    given({ main }, { tasks: { ...tasks, database: 'mian' } }),
    /^tasks\.database: must be one of databases \(there is main\), got "mian"; did you mean main\?$/,
  );
  assert.match(
    given({ tasks: { kind: 'redis' } }, { tasks }),
    /^databases\.tasks: must have another name: the PostgreSQL that tasks need/,
  );
  assert.match(
    given({ main: { kind: 'mysql' } }, { tasks: { ...tasks, database: 'main' } }),
    /^databases\.main\.kind: must be one of 'postgres', 'redis', got "mysql"$/,
  );
});
