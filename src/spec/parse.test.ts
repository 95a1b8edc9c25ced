import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, problemsOfRoutes, problemsOfService } from './fixtures/resolved.ts';

test('all problems are reported at once, each with its path, rule, value and the nearest key', () => {
  const found = problems({
    gatway: {},
    services: {
      'My Api': { command },
      api: {
        command: 'node "server.js',
        env: { PASSWORD: 12, 'b c': 'x', PORT: '3000' },
        health: { path: 'health' },
        balance: 'rr',
        resources: { memory: '512' },
        scal: {},
        scale: { min: 'ten', maximum: 3, up: { cpu: 70 }, window: '10', interval: '5 s' },
      },
    },
  });
  assert.deepEqual(found, [
    'services["My Api"]: the key must be a word of small letters, digits and "-", beginning with a letter, at most 40 long',
    'services.api.env["b c"]: the key must be a word of letters, digits and _, not beginning with a digit',
    "services.api.env.PASSWORD: must be text, or a secret: { env: 'NAME' } or { file: 'PATH' }",
    "services.api.health.path: must be a path such as '/health' or '/ready?full=1': letters, digits and . _ ~ @ + , = : ! - %, got \"health\"",
    "services.api.resources.memory: must be a size such as '512MB' or '2GB', got \"512\"",
    "services.api.balance: must be one of 'least-connections', 'round-robin', 'random', 'hash', got \"rr\"",
    'services.api.scale.min: must be a whole number from 0 to 1000, or \'cores\', got "ten"',
    "services.api.scale.up.cpu: must be a fraction: '70%' or 0.7, from 0 to 1, got 70",
    "services.api.scale.interval: must be a duration such as '250ms', '15s' or '2m', at least 100ms, got \"5 s\"",
    "services.api.scale.window: must be a duration such as '250ms', '15s' or '2m', at least 100ms, got \"10\"",
    'services.api.scale.maximum: is not a key of the configuration, got 3; did you mean max?',
    'services.api.scal: is not a key of the configuration, got an object; did you mean scale?',
    'gatway: is not a key of the configuration, got an object; did you mean gateway?',
    'services.api.command: has a " that is not closed, got "node \\"server.js"',
    'services.api.env.PORT: must not be set: Tidegate sets it for every replica',
  ]);
});

test('what is no configuration at all is said', () => {
  assert.deepEqual(problems(null), ['the configuration: must be an object, got null']);
  assert.deepEqual(problems({}), ['services: is missing: it must be an object']);
  assert.match(problems({ services: {} })[0] ?? '', /^services: must name at least one service/);
  assert.deepEqual(problems({ services: { api: {} } }), [
    "services.api.command: is missing: it must say what to run, such as 'node server.js'",
  ]);
  assert.deepEqual(problems({ services: { api: 'node server.js' } }), [
    'services.api: must be an object, got "node server.js"',
  ]);
});

test('a rule is not judged by a key that is wrong in itself', () => {
  assert.deepEqual(problemsOfService({ scale: { min: 20, max: 'many' } }), [
    'services.api.scale.max: must be a whole number from 1 to 1000, or \'cores\', got "many"',
  ]);
  assert.deepEqual(
    problemsOfRoutes({ method: 'GET', service: 'api' }, { path: '/a', service: 'api' }),
    [
      'gateway.routes[0].method: is not a key of the configuration, got "GET"; did you mean methods?',
    ],
  );
});

test('nothing is shown of a value that may be a secret', () => {
  const found = problems({
    services: { api: { command, env: { A: { envv: 'hunter2' } }, password: 'hunter2' } },
    databases: { main: { kind: 'postgres', url: ['hunter2'] } },
    alerts: [{ when: 'a', notify: 5 }],
  });
  assert.equal(found.length, 4);
  assert.ok(!found.join().includes('hunter2'));
});

test('nothing is shown of a secret whose key is misspelt', () => {
  const api = { command, signals: { backlog: { htpp: 'http://me:hunter2@127.0.0.1/' } } };
  const found = problems({
    services: { api },
    databases: { main: { kind: 'postgres', ulr: 'postgres://me:hunter2@127.0.0.1/' } },
    tasks: { callbackSecrt: 'hunter2' },
  });
  assert.deepEqual(found, [
    'services.api.signals.backlog.htpp: is not a key of the configuration; did you mean http?',
    'tasks.callbackSecrt: is not a key of the configuration; did you mean callbackSecret?',
    'databases.main.ulr: is not a key of the configuration; did you mean url?',
  ]);
});
