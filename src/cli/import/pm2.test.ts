import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { imported, onlyService } from '../../../test/support/imported.ts';
import type { Imported } from '../../../test/support/imported.ts';
import { readPm2 } from './pm2.ts';
import { renderConfig } from './render.ts';

const read = (
  input: unknown,
  env?: string,
  environment: NodeJS.ProcessEnv | null = null,
): Imported => imported((lose) => readPm2(input, { env, environment }, lose));

/** The service an app becomes, and what of the app is named. */
function app(
  given: object,
  env?: string,
  environment?: NodeJS.ProcessEnv,
): readonly [object, readonly string[]] {
  const { config, paths } = read({ apps: [{ script: 'a.js', ...given }] }, env, environment);
  return [onlyService(config), paths.filter((path) => path !== 'kill_signal')];
}

const one = { min: 1, max: 1 };

test('script, interpreter and args become a command', () => {
  const table: readonly (readonly [object, unknown])[] = [
    [{ script: './server.js' }, 'node ./server.js'],
    [{ script: 'app.py', args: '-p $PORT' }, 'python3 app.py -p $PORT'],
    [{ script: 'run.sh', args: ['a b', 3] }, ['bash', 'run.sh', 'a b', '3']],
    [{ script: 'app.ts', node_args: '--enable-source-maps' }, 'node --enable-source-maps app.ts'],
    [{ script: 'app.js', interpreter: 'bun' }, 'bun app.js'],
    [
      { script: 'app.js', interpreter: '/opt/my node/bin/node' },
      ['/opt/my node/bin/node', 'app.js'],
    ],
    [{ script: 'app.sh', interpreter: 'none' }, './app.sh'],
    [
      { script: 'npm', args: 'run start -- --port "1 2"' },
      ['npm', 'run', 'start', '--', '--port', '1 2'],
    ],
    [{ script: 'npm start' }, 'npm start'],
    [{ script: 'cd api && node x.js', args: 'a "b c"' }, "cd api && node x.js a 'b c'"],
    [{ script: './bin/serve -l $PORT' }, './bin/serve -l $PORT'],
    [{ script: '/srv/my app/server.js' }, ['node', '/srv/my app/server.js']],
  ];
  for (const [given, command] of table) {
    const [service, paths] = app(given);
    assert.deepEqual(service, { command, scale: one }, JSON.stringify(given));
    assert.deepEqual(paths, [], JSON.stringify(given));
  }
});

test('variables in front of a script stand in env, its PORT and a literal port are named', () => {
  assert.deepEqual(app({ script: 'PORT=4000 A=1 node x.js', env: { A: '0' } }), [
    { command: 'node x.js', env: { A: '1' }, scale: one },
    ['apps[0].script.PORT'],
  ]);
  assert.deepEqual(app({ script: 'npx', args: ['serve', '-l', '3000'] }), [
    { command: 'npx serve -l 3000', scale: one },
    ['apps[0].script'],
  ]);
});

test("PM2's own server of static files is named, with what serves them instead", () => {
  const env = {
    PM2_SERVE_PATH: './my dist',
    PM2_SERVE_PORT: 9000,
    PM2_SERVE_SPA: 'true',
    PM2_SERVE_BASIC_AUTH: 'true',
    PM2_SERVE_BASIC_AUTH_PASSWORD: 'hunter2',
    MODE: 'live',
  };
  const { config, toMend, notCarried, comments } = read({
    apps: [{ name: 'site', script: 'serve', env }],
  });
  assert.deepEqual(config.services, { site: { env: { MODE: 'live' }, scale: one } });
  assert.deepEqual(
    toMend.map(({ path }) => path),
    ['services.site.command'],
  );
  assert.match(notCarried[0]?.why ?? '', /npx serve -s -l \$PORT '\.\/my dist'/);
  assert.equal(notCarried[1]?.path, 'apps[0].env.PM2_SERVE_BASIC_AUTH');
  assert.doesNotMatch(JSON.stringify([config, notCarried]), /hunter2/);
  assert.match(comments.get('site')?.remarks.join() ?? '', /gateway\.port: 9000/);
  assert.deepEqual(app({ script: 'serve' }), [{ scale: one }, ['apps[0].script']]);
  assert.deepEqual(
    app({ script: 'serve', args: '-s build -l $PORT' }),
    [{ command: 'serve -s build -l $PORT', scale: one }, []],
    'the program of that name',
  );
});

test('what nvm would choose, and a script that must be executable, are named', () => {
  assert.deepEqual(app({ interpreter: 'node@18' }), [
    { command: 'node a.js', scale: one },
    ['apps[0].interpreter'],
  ]);
  assert.deepEqual(app({ script: './server' }), [
    { command: './server', scale: one },
    ['apps[0].script'],
  ]);
});

test('instances become the bounds of scaling', () => {
  const table = [
    [undefined, 1, []],
    [1, 1, []],
    [4, 4, []],
    ['4', 4, []],
    ['max', 'cores', []],
    [0, 'cores', []],
    [-1, 'cores', ['apps[0].instances']],
    ['many', 1, ['apps[0].instances']],
  ] as const;
  for (const [instances, max, paths] of table) {
    assert.deepEqual(
      app({ instances }),
      [{ command: 'node a.js', scale: { min: 1, max } }, paths],
      String(instances),
    );
  }
});

test('folder, user, memory, start-up and a long end are carried over', () => {
  const [service, paths] = app({
    cwd: './api',
    uid: 'www-data',
    max_memory_restart: '300M',
    listen_timeout: 80_000,
    kill_timeout: 45_000,
  });
  assert.deepEqual(service, {
    command: 'node a.js',
    cwd: 'api',
    user: 'www-data',
    health: { startup: '80s' },
    resources: { memory: '300MB' },
    drain: '45s',
    scale: one,
  });
  assert.deepEqual(paths, []);
});

test('variables are carried over as text; PORT is named, and so is what is none', () => {
  const env = {
    A: 1,
    B: true,
    C: 'x `${y}`',
    PORT: 3000,
    D: undefined,
    E: {},
    'a.b': 'x',
    TIDEGATE_X: 'x',
  };
  const { config, paths, comments } = read({ apps: [{ name: 'api', script: 'a.js', env }] });
  assert.deepEqual(onlyService(config).env, { A: '1', B: 'true', C: 'x `${y}`' });
  assert.deepEqual(paths, [
    'apps[0].env.D',
    'apps[0].env.E',
    'apps[0].env.PORT',
    'apps[0].env["a.b"]',
    'apps[0].env.TIDEGATE_X',
    'kill_signal',
  ]);
  assert.match(comments.get('api')?.remarks.join() ?? '', /gateway\.port: 3000/);
  assert.match(
    comments.get('api')?.notCarried[0]?.why ?? '',
    /D had no value when the file was read.*D: \{ env: 'D' \}/,
  );
});

test('one environment may be chosen, the others are named', () => {
  const given = { env: { A: '1', B: '1' }, env_production: { A: '2' }, env_staging: { A: '3' } };
  assert.deepEqual(app(given), [
    { command: 'node a.js', env: { A: '1', B: '1' }, scale: one },
    ['apps[0].env_production', 'apps[0].env_staging'],
  ]);
  assert.deepEqual(app(given, 'production'), [
    { command: 'node a.js', env: { A: '2', B: '1' }, scale: one },
    ['apps[0].env_staging'],
  ]);
});

test('a value that a script took out of the environment is written as a reference, never as the secret', () => {
  const environment = {
    API_KEY: 's3cret',
    OF_PROD: 'postgres://u:p@h/db',
    MODE: 'production',
    TWIN: 'same-same',
    TWIN2: 'same-same',
  };
  const [service] = app(
    {
      env: {
        API_KEY: 's3cret',
        DATABASE_URL: 'postgres://u:p@h/db',
        SHORT: 's3cret',
        X: 'same-same',
      },
    },
    undefined,
    environment,
  );
  assert.deepEqual((service as { env: unknown }).env, {
    API_KEY: { env: 'API_KEY' },
    DATABASE_URL: { env: 'OF_PROD' },
    SHORT: 's3cret',
    X: 'same-same',
  });
});

test('everything else is named where it asks for something', () => {
  const [, paths] = app({
    watch: true,
    autorestart: false,
    cron_restart: undefined,
    merge_logs: false,
    vizion: true,
    treekill: false,
    error_file: 'x',
    max_restarts: 3,
    exec_mode: 'cluster',
    wait_ready: true,
    kill_timeout: 3000,
    unheard_of: 1,
    'a b': 1,
  });
  assert.deepEqual(
    [...paths].sort(),
    [
      'watch',
      'autorestart',
      'treekill',
      'error_file',
      'max_restarts',
      'exec_mode',
      'wait_ready',
      'kill_timeout',
      'unheard_of',
    ]
      .map((key) => `apps[0].${key}`)
      .concat('apps[0]["a b"]')
      .sort(),
  );
  assert.deepEqual(
    app({ watch: false, merge_logs: false, vizion: true, autorestart: true, time: null })[1],
    [],
  );
});

test('a job that runs by the clock is no service', () => {
  const { config, paths } = read({
    apps: [{ script: 'a.js' }, { script: 'b.js', autorestart: false, cron_restart: '0 0 * * *' }],
  });
  assert.deepEqual(Object.keys(config.services), ['a']);
  assert.deepEqual(paths, ['apps[1]', 'kill_signal']);
});

test('an ecosystem may be a list, one app, paths alone, and an app several scripts', () => {
  for (const input of [
    [{ script: 'a.js' }],
    { script: 'a.js' },
    { apps: { script: 'a.js' } },
    ['a.js'],
    { apps: ['a.js'] },
  ]) {
    assert.deepEqual(
      read(input).config,
      { services: { a: { command: 'node a.js', scale: one } } },
      JSON.stringify(input),
    );
  }
  const { config } = read({ apps: [{ name: 'x', script: ['a.js', 'b.py'] }] });
  assert.deepEqual(Object.keys(config.services), ['a', 'b']);
  const broken = read({ apps: [null, 3, {}], deploy: {}, other: 1 });
  assert.deepEqual(broken.paths.slice(0, 5), [
    'deploy',
    'other',
    'apps[0]',
    'apps[1]',
    'apps[2].script',
  ]);
  assert.deepEqual(
    broken.toMend.map(({ path }) => path),
    ['services.app.command'],
  );
});

test('requests go to the app that had a port', () => {
  const { config } = read({
    apps: [{ script: 'job.js' }, { script: 'api.js', env: { PORT: '3000' } }],
  });
  assert.deepEqual(config.gateway, { routes: [{ path: '/*', service: 'api' }] });
});

test('whatever an app holds, every key of it is carried over or named, and nothing throws', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.jsonValue()),
  );
  const key = fc.constantFrom(
    'name',
    'args',
    'interpreter',
    'cwd',
    'instances',
    'exec_mode',
    'env',
    'env_x',
    'max_memory_restart',
    'kill_timeout',
    'listen_timeout',
    'autorestart',
    'watch',
    'uid',
    '__proto__',
    'constructor',
    'toString',
    'odd',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value)), (pairs) => {
      const given = Object.fromEntries([['script', 'a.js'], ...pairs]) as object;
      const result = read({ apps: [given] });
      assert.ok(renderConfig(result, 'x').length > 0);
      for (const odd of ['constructor', 'toString', '__proto__', 'odd']) {
        const set = Object.hasOwn(given, odd) ? (given as Record<string, unknown>)[odd] : null;
        const named = result.paths.includes(`apps[0].${odd}`);
        assert.equal(named, set !== null && set !== false, odd);
      }
    }),
  );
});

test('what is lost is told without the values of the environment', () => {
  const { notCarried } = read({
    apps: [{ script: 'a.js', env: { 'a.b': 'hunter2', PORT: 'hunter2', TIDEGATE_X: 'hunter2' } }],
  });
  assert.doesNotMatch(JSON.stringify(notCarried), /hunter2/);
});
