import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { parse } from 'yaml';
import { imported, onlyService } from '../../../test/support/imported.ts';
import type { Imported } from '../../../test/support/imported.ts';
import { readCompose } from './compose.ts';
import { below } from './keys.ts';
import { renderConfig } from './render.ts';

const read = (input: unknown): Imported => imported((lose) => readCompose(input, lose));

/** The service `app` that YAML below it becomes, and what of it is named. */
function app(yaml: string, others = ''): readonly [object, readonly string[]] {
  const lines = yaml.split('\n').map((line) => `    ${line}\n`);
  const { config, paths } = read(parse(`services:\n  app:\n${lines.join('')}${others}`));
  return [onlyService(config), paths.map((path) => path.replace(/^services\.app\.?/, ''))];
}

const one = { min: 1, max: 1 };

test('command and entrypoint become one command', () => {
  const table = [
    ['command: node server.js', 'node server.js'],
    ['command: [node, server.js]', 'node server.js'],
    ['command: ["sh", "-c", "a && b"]', ['sh', '-c', 'a && b']],
    ['entrypoint: [node]\ncommand: ["my server.js", 1]', ['node', 'my server.js', '1']],
    ['entrypoint: /run.sh\ncommand: serve --all', '/run.sh serve --all'],
    ['entrypoint: sh -c "x | y"\ncommand: ["a b"]', ['sh', '-c', 'x | y', 'a b']],
    ['entrypoint: x | y\ncommand: ["a b"]', "x | y 'a b'"],
    ['command: echo $$PORT $$', 'echo $PORT $'],
  ] as const;
  for (const [yaml, command] of table) {
    assert.deepEqual(app(yaml), [{ command, scale: one }, []], yaml);
  }
});

test('variables in a command are left to the shell and named, in a list only named', () => {
  assert.deepEqual(app('command: node ${FILE:-server.js} $$HOME'), [
    { command: 'node ${FILE:-server.js} $HOME', scale: one },
    ['command'],
  ]);
  assert.deepEqual(app('command: [node, "${FILE}"]'), [
    { command: ['node', '${FILE}'], scale: one },
    ['command'],
  ]);
});

test('variables within a command stand in env, its PORT and a literal port are named', () => {
  assert.deepEqual(
    app('command: ["sh", "-c", "PORT=80 A=1 exec x -l 3000"]\nenvironment: { A: "0", B: "2" }'),
    [
      { command: ['sh', '-c', 'exec x -l 3000'], env: { A: '1', B: '2' }, scale: one },
      ['command.PORT', 'command'],
    ],
  );
  assert.deepEqual(app('command: gunicorn -b 0.0.0.0:8000 app'), [
    { command: 'gunicorn -b 0.0.0.0:8000 app', scale: one },
    ['command'],
  ]);
});

test('variables of the environment: text, references, defaults, and what cannot be said', () => {
  const [service, paths] = app(
    [
      'command: x',
      'environment:',
      '  PLAIN: a$$b',
      '  NUMBER: 5',
      '  YES: true',
      '  HANDED_ON:',
      '  KEY: ${API_KEY}',
      '  OTHER: $API_KEY',
      '  NEEDED: ${API_KEY:?must be set}',
      '  MODE: ${MODE:-dev}',
      '  MIXED: http://${HOSTNAME}/',
      '  LIST: [1]',
      '  PORT: 80',
      '  a.b: x',
    ].join('\n'),
  );
  assert.deepEqual((service as { env: unknown }).env, {
    PLAIN: 'a$b',
    NUMBER: '5',
    YES: 'true',
    HANDED_ON: { env: 'HANDED_ON' },
    KEY: { env: 'API_KEY' },
    OTHER: { env: 'API_KEY' },
    NEEDED: { env: 'API_KEY' },
    MODE: 'dev',
  });
  assert.deepEqual(
    paths,
    ['MODE', 'MIXED', 'LIST', 'PORT']
      .map((name) => `environment.${name}`)
      .concat('environment["a.b"]'),
  );
  const [fromList] = app('command: x\nenvironment: [A=1=2, B, "C=", "D=${E}"]');
  assert.deepEqual((fromList as { env: unknown }).env, {
    A: '1=2',
    B: { env: 'B' },
    C: '',
    D: { env: 'E' },
  });
});

test("another service as a host is named: this machine does not know Compose's names", () => {
  const db = '  db: { image: "postgres:16" }\n';
  for (const value of ['postgres://u:p@db:5432/x', 'db:5432', 'db', 'redis://db/0', 'a:1,db:2']) {
    const [, paths] = app(`command: x\nenvironment: { URL: "${value}" }`, db);
    assert.deepEqual(paths, ['environment.URL', 'services.db'], value);
  }
  for (const value of ['dbx', 'http://adb:1', 'my-db', 'db.example.org']) {
    assert.deepEqual(
      app(`command: x\nenvironment: { URL: "${value}" }`, db)[1],
      ['services.db'],
      value,
    );
  }
});

test('the published port becomes that of the gateway', () => {
  const table = [
    ['"8080:80"', 8080, ['ports']],
    ['"127.0.0.1:8000:80/tcp"', 8000, []],
    ['"[::1]:8000:80"', 8000, []],
    ['"${PORT:-9000}:80"', 9000, ['ports']],
    ['{ target: 80, published: "8000", host_ip: 127.0.0.1 }', 8000, []],
    ['{ target: 80, published: 8000, protocol: tcp, mode: host }', 8000, ['ports']],
    ['3000', undefined, []],
    ['"5000:5000", "5001:5001"', 5000, ['ports', 'ports']],
    ['"53:53/udp"', undefined, ['ports[0]']],
    ['"3000-3005:3000-3005"', undefined, ['ports[0]']],
    ['"${PORT}:80"', undefined, ['ports[0]']],
    ['"99999:80"', undefined, ['ports[0]']],
    ['nonsense', undefined, ['ports[0]']],
  ] as const;
  for (const [ports, port, named] of table) {
    const { config, paths } = read(parse(`services: { app: { command: x, ports: [${ports}] } }`));
    assert.equal(config.gateway?.port, port, ports);
    assert.deepEqual(
      paths,
      named.map((path) => `services.app.${path}`),
      ports,
    );
  }
});

test('requests go to what was published, and to web before others', () => {
  const routed = (yaml: string): unknown => read(parse(yaml)).config.gateway?.routes?.[0]?.service;
  assert.equal(routed('services: { a: { command: x }, b: { command: x, ports: [80] } }'), 'b');
  assert.equal(
    routed('services: { a: { command: x, ports: [1] }, web: { command: x, ports: [2] } }'),
    'web',
  );
  assert.equal(routed('services: { a: { command: x }, web: { command: x } }'), 'web');
  assert.equal(routed('services: { a: { command: x } }'), undefined);
});

test('a check by curl or wget of the container itself becomes the health path', () => {
  const table = [
    ['["CMD", "curl", "-f", "http://localhost:3000/health"]', '/health'],
    ['["CMD-SHELL", "curl -f http://127.0.0.1/ready?full=1 || exit 1"]', '/ready?full=1'],
    ['wget --spider -q http://localhost:80', '/'],
    ['"curl http://localhost:$$PORT/up"', '/up'],
  ] as const;
  for (const [written, path] of table) {
    assert.deepEqual(
      app(`command: x\nhealthcheck: { test: ${written}, timeout: 3s, start_period: 90s }`),
      [{ command: 'x', health: { path, timeout: '3s', startup: '90s' }, scale: one }, []],
      written,
    );
  }
  for (const written of [
    'pg_isready',
    'curl http://other/health',
    '["CMD", "true"]',
    'curl http://localhost/$$x',
  ]) {
    assert.deepEqual(
      app(`command: x\nhealthcheck: { test: ${written} }`)[1],
      ['healthcheck.test'],
      written,
    );
  }
  assert.deepEqual(app('command: x\nhealthcheck: { disable: true }'), [
    { command: 'x', scale: one },
    [],
  ]);
  assert.deepEqual(
    app(
      'command: x\nhealthcheck: { test: curl http://localhost/, interval: 30s, retries: 3, timeout: soon, start_period: 5s }',
    )[1],
    [
      'healthcheck.timeout',
      'healthcheck.start_period',
      'healthcheck.interval',
      'healthcheck.retries',
    ],
  );
});

test('replicas, limits, the folder of the build and a long end are carried over', () => {
  const [service, paths] = app(
    'command: x\nbuild: ./api\nstop_grace_period: 1m\ndeploy:\n  replicas: 3\n  resources: { limits: { cpus: "0.5", memory: 256M, pids: 9 }, reservations: { memory: 1M } }\n  placement: {}',
  );
  assert.deepEqual(service, {
    command: 'x',
    cwd: 'api',
    resources: { cpu: 0.5, memory: '256MB' },
    drain: '1m',
    scale: { min: 1, max: 3 },
  });
  assert.deepEqual(paths, [
    'build',
    'deploy.resources.reservations',
    'deploy.resources.limits.pids',
    'deploy.placement',
  ]);
  assert.deepEqual(app('command: x\nscale: 2\nmem_limit: 1g\ncpus: 2'), [
    { command: 'x', resources: { cpu: 2, memory: '1GB' }, scale: { min: 1, max: 2 } },
    [],
  ]);
  assert.deepEqual(
    app('command: x\nbuild: { context: "https://x/y.git" }\nmem_limit: lots\ncpus: few')[1],
    ['build', 'build.context', 'memory', 'cpus'],
  );
});

test('an image alone says what must be added; PostgreSQL, Redis and other stores are no services', () => {
  const { config, toMend, paths } = read(
    parse(
      'services: { app: { image: "me/app:1" }, db: { image: "registry.example:5000/bitnami/postgresql:16@sha256:ab" },' +
        ' cache: { image: redis }, q: { image: "rabbitmq:3-management", command: x } }',
    ),
  );
  assert.deepEqual(config, { services: { app: { scale: one } } });
  assert.deepEqual(paths, ['services.app.image', 'services.db', 'services.cache', 'services.q']);
  assert.deepEqual(
    toMend.map(({ path }) => path),
    ['services.app.command'],
  );
  assert.deepEqual(app('command: x\nimage: node:22'), [{ command: 'x', scale: one }, ['image']]);
  assert.deepEqual(app('build: .')[1], ['build', 'command']);
});

test('everything else is named, where it asks for something', () => {
  const keys = [
    'restart',
    'depends_on',
    'env_file',
    'volumes',
    'networks',
    'working_dir',
    'user',
    'labels',
    'unheard_of',
  ];
  const yaml = keys.map((key) => `${key}: "no"`).join('\n');
  assert.deepEqual(app(`command: x\n${yaml}`)[1], keys);
  assert.deepEqual(app('command: x\nrestart: on-failure:3')[1], ['restart']);
  assert.deepEqual(app('command: x\nrestart: always\nprivileged: false\nx-own: 1\nlabels:')[1], []);
  const { config, paths } = read(
    parse(
      'name: My Shop\nversion: "3"\nx-a: 1\nvolumes: {}\nnetworks: {}\nodd: 1\nservices: { a: { command: x }, b: 3, c: { command: x, scale: 0 } }',
    ),
  );
  assert.deepEqual(config, { name: 'my-shop', services: { a: { command: 'x', scale: one } } });
  assert.deepEqual(paths, ['volumes', 'networks', 'odd', 'services.b', 'services.c', 'name']);
});

test("a project's name that is put together from variables is left to the folder", () => {
  const { config, paths } = read({ name: '${STAGE}-shop', services: { a: { command: 'x' } } });
  assert.deepEqual([config.name, paths], [undefined, ['name']]);
});

test('whatever a service holds, every key of it is carried over or named, and nothing throws', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constantFrom('${A', '${A:-1}', '$$'),
  );
  const known = [
    'image',
    'build',
    'command',
    'entrypoint',
    'environment',
    'ports',
    'expose',
    'healthcheck',
    'deploy',
    'scale',
    'cpus',
    'mem_limit',
    'stop_grace_period',
    'restart',
  ];
  const odd = ['__proto__', 'constructor', 'odd'];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...known, ...odd), value)),
      fc.string(),
      (pairs, name) => {
        const given = Object.fromEntries([
          ...pairs,
          ['scale', 1],
          ['deploy', null],
          ['image', null],
        ]) as object;
        const result = read({ services: Object.fromEntries([[name, given]]) });
        assert.ok(renderConfig(result, name).length > 0);
        for (const key of odd) {
          const set = Object.hasOwn(given, key) ? (given as Record<string, unknown>)[key] : null;
          const named = result.paths.includes(below(below('services', name), key));
          assert.equal(named, set !== null && set !== false, key);
        }
      },
    ),
  );
});
