import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import type { ServiceSpec, Spec } from '../spec/spec.ts';
import { givenEnvironment } from './given-environment.ts';

const SOURCES = {
  databaseUrl: (name: string) => `url of ${name}`,
  gatewayUrl: () => 'http://127.0.0.1:8080',
  deliverySocket: '/run/deliver.sock',
  ownWorkerToken: () => 'own token',
  ownWebhookSecret: () => 'own secret',
  readSecret: (secret: object) => `secret of ${JSON.stringify(secret)}`,
};

function given(spec: Spec, name: string, sources = SOURCES) {
  return givenEnvironment(spec, sources)(spec.services[name] as ServiceSpec);
}

test('without databases and tasks nothing is given', () => {
  assert.deepEqual(given(resolved({ services: { api: { command: 'a' } } }), 'api'), {});
});

test('every service is given the addresses of the databases that are named, and no token it has no use for', () => {
  const spec = resolved({
    services: { api: { command: 'a' }, worker: { command: 'w' }, puller: { command: 'p' } },
    gateway: { routes: [{ path: '/*', service: 'api' }] },
    databases: { main: { kind: 'postgres' }, 'my-cache': { kind: 'redis' } },
    tasks: {
      queues: { pushed: { service: 'worker' }, pulled: { service: 'puller', delivery: 'pull' } },
    },
  });
  const urls = { MAIN_URL: 'url of main', MY_CACHE_URL: 'url of my-cache' };
  assert.deepEqual(given(spec, 'api'), urls);
  assert.deepEqual(given(spec, 'worker'), urls);
  assert.deepEqual(given(spec, 'puller'), {
    ...urls,
    TIDEGATE_TASKS_URL: 'http://127.0.0.1:8080/tasks',
    TIDEGATE_WORKER_TOKEN: 'own token',
  });
});

test('our own programs are given what tasks need, and of the database made for them nobody else hears', () => {
  const spec = resolved({
    services: { worker: { command: 'w' } },
    tasks: {
      queues: { default: { service: 'worker' } },
      workerToken: { env: 'TOKEN' },
    },
  });
  const own = {
    TIDEGATE_TASKS_DATABASE_URL: 'url of tasks',
    TIDEGATE_WORKER_TOKEN: 'secret of {"env":"TOKEN"}',
    TIDEGATE_WEBHOOK_SECRET: 'own secret',
    TIDEGATE_DELIVERY_SOCKET: '/run/deliver.sock',
  };
  assert.deepEqual(given(spec, 'tidegate-tasks'), own);
  assert.deepEqual(given(spec, 'tidegate-dispatch'), own);
  assert.deepEqual(given(spec, 'worker'), {});
  const broken = {
    ...SOURCES,
    readSecret: () => {
      throw new Error('TOKEN is not set');
    },
  };
  assert.throws(() => givenEnvironment(spec, broken), { code: 'SECRET_MISSING', exitCode: 2 });
});
