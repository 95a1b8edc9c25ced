import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSpec } from '../spec/resolve.ts';
import type { Spec } from '../spec/spec.ts';
import { shownSpec } from './shown-spec.ts';
import { specText } from './spec-text.ts';

function specOf(service: object): Spec {
  const input = { name: 'shop', services: { api: { command: 'node server.js', ...service } } };
  const resolved = resolveSpec(input, {
    folder: '/srv',
    machine: { cores: 2, memoryBytes: 2 ** 33 },
  });
  assert.ok(resolved.ok);
  return resolved.spec;
}

test('no secret is shown: references stay references, values that look like one are hidden', () => {
  const spec = specOf({
    env: {
      KEY: { env: 'API_KEY' },
      PEM: { file: 'key.pem' },
      LEVEL: 'info',
      DB_PASSWORD: 'hunter2',
      DATABASE: 'postgres://me:hunter2@db/shop',
    },
  });
  for (const shown of [specText(spec), JSON.stringify(shownSpec(spec))]) {
    assert.ok(!shown.includes('hunter2'));
    assert.match(shown, /API_KEY/);
    assert.match(shown, /\/srv\/key\.pem/);
    assert.match(shown, /info/);
  }
});

test('addresses of databases and queues are shown without their passwords', () => {
  const { services, databases, tasks } = shownSpec(
    specOf({
      signals: { backlog: { sql: 'select 1', url: 'postgres://me:hunter2@a:5432/b?x=1' } },
    }),
  );
  assert.deepEqual([databases, tasks], [{}, null]);
  const backlog = services['api']?.backlog;
  assert.ok(backlog?.kind === 'sql' && backlog.from.kind === 'url');
  assert.equal(backlog.from.url, 'postgres://me:…@a:5432/b?x=1');
  const of = (address: string) => specOf({ signals: { backlog: { http: address } } });
  assert.doesNotMatch(specText(of('https://a/q?token=hunter2')), /hunter2/);

  const resolved = resolveSpec(
    {
      services: { api: { command: 'x' } },
      tasks: {
        queues: { default: { service: 'api' } },
        schedules: {
          n: { cron: '0 3 * * *', queue: 'default', body: [1, null, { password: 'hunter2' }] },
        },
      },
      databases: {
        main: { kind: 'postgres', url: 'postgres://me:hunter2@db/shop?password=hunter2' },
        cache: { kind: 'redis', url: { env: 'CACHE' } },
      },
    },
    { folder: '/srv', machine: { cores: 2, memoryBytes: 2 ** 33 } },
  );
  assert.ok(resolved.ok);
  const text = specText(resolved.spec);
  assert.doesNotMatch(text, /hunter2/);
  assert.match(text, /url: "postgres:\/\/me:…@db\/shop\?password=\(hidden\)"/);
  assert.match(text, /env: CACHE/);
  assert.match(text, /body: \[1,null,\{"password":"\(hidden\)"\}\]/);
  assert.match(text, /TIDEGATE_TASKS: .*follows from tasks/);
});

test('what looks like a secret in a command is hidden, the rest of it stays', () => {
  for (const command of [
    'serve --password=hunter2 --db postgres://me:hunter2@db/shop --api-key hunter2 --port $PORT',
    'API_KEY=hunter2 serve --password hunter2 --port $PORT | tee postgres://me:hunter2@db/shop',
  ]) {
    const shown = specText(specOf({ command }));
    assert.ok(!shown.includes('hunter2'), shown);
    assert.match(shown, /serve/);
    assert.match(shown, /--port.{1,3}\$PORT/);
    assert.match(shown, /@db\/shop/);
  }
});

test('what looks like a secret in a header for the service is hidden', () => {
  const requestHeaders = { 'X-Api-Key': 'a1b2', authorization: 'Basic YTpi', 'x-stage': 'canary' };
  const resolved = resolveSpec(
    {
      gateway: { routes: [{ service: 'api', requestHeaders }] },
      services: { api: { command: 'node server.js' } },
    },
    { folder: '/srv', machine: { cores: 2, memoryBytes: 2 ** 33 } },
  );
  assert.ok(resolved.ok);
  assert.deepEqual(shownSpec(resolved.spec).gateway.routes[0]?.requestHeaders, {
    'x-api-key': '(hidden)',
    authorization: '(hidden)',
    'x-stage': 'canary',
  });
});

test('of the address that alerts are told to only the host is shown', () => {
  const notify = 'https://hooks.example.org/services/hunter2?key=hunter2';
  const resolved = resolveSpec(
    {
      services: { api: { command: 'x' } },
      alerts: [
        { when: 'api.cpu > 50%', notify },
        { defaults: true, notify: { env: 'HOOK' } },
      ],
    },
    { folder: '/srv', machine: { cores: 2, memoryBytes: 2 ** 33 } },
  );
  assert.ok(resolved.ok);
  const { rules, defaults } = shownSpec(resolved.spec).alerts;
  assert.equal(rules[0]?.notify?.url, 'https://hooks.example.org/(hidden)');
  assert.deepEqual(defaults?.notify?.url, { env: 'HOOK' });
  assert.doesNotMatch(specText(resolved.spec), /hunter2/);
});
