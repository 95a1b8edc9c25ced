import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathText } from '../../spec/problem.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import { explainRules } from './explain-rules.ts';
import { MACHINE, gatewayState, route, service } from './fixtures/states.ts';
import { render } from './render.ts';

const PATHS = { folder: '/p/gateway', runFolder: '/p/run' };
const PER_IP = {
  per: { kind: 'ip' },
  requests: 5,
  windowMs: 1_000,
  followCapacity: false,
} as const;
const CORS = {
  origins: ['https://a.test'],
  methods: [],
  headers: [],
  credentials: false,
  maxAgeMs: 0,
};
const FULL: GatewayState = gatewayState(
  [
    service({
      concurrency: 5,
      breaker: { errors: 0.5, windowMs: 10_000 },
      sleep: { state: 'awake', retryAfterSeconds: 1, holdMs: 60_000 },
    }),
    service({ name: 'web', retries: 0 }),
  ],
  {
    trustedProxies: ['10.0.0.1'],
    rateLimit: PER_IP,
    securityHeaders: true,
    forwarded: true,
    jwt: {
      main: {
        name: 'main',
        algorithms: ['HS256'],
        keys: { kind: 'secret', secret: { env: 'K' } },
        issuer: 'me',
        audiences: ['shop'],
        clockSkewMs: 30_000,
        forward: {},
      },
    },
    routes: [
      route({ path: '/web/*', service: 'web', rateLimit: PER_IP, cors: CORS, timeoutMs: 7_000 }),
      route({
        path: '/api/*',
        auth: 'main',
        scopes: ['read'],
        rateLimit: PER_IP,
        cors: CORS,
        rewrite: '/v2/*',
        lengthRequired: true,
        requestHeaders: { 'x-key': 'geheim' },
        responseHeaders: { server: null },
        timeoutMs: 5_000,
      }),
    ],
  },
);

const BUNDLE = ['CERTIFICATE', 'PRIVATE KEY']
  .map((label) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`)
  .join('');

const rulesOf = (
  state: GatewayState,
  index: number,
  isPreflight = false,
  isRedirect = false,
  queue: string | null = null,
) => explainRules(state, { index, isRedirect, isPreflight, queue }, PATHS, MACHINE);

test('the rules stand in the order in which HAProxy applies them, each with what brought it about', () => {
  assert.deepEqual(
    rulesOf(FULL, 1).map(({ path }) => pathText(path)),
    [
      'gateway.trustedProxies',
      'gateway.paths',
      'gateway.routes[1]',
      'gateway.routes[1].cors',
      'gateway.forwarded',
      'gateway.routes[1].auth',
      'gateway.routes[1].scopes',
      'gateway.rateLimit',
      'gateway.routes[1].rateLimit',
      'gateway.routes[1].service',
      'gateway.routes[1].timeout',
      'services.api.breaker',
      'services.api.concurrency',
      'gateway.routes[1].bodyLimit',
      'gateway.routes[1].lengthRequired',
      'gateway.routes[1].rewrite',
      'services.api.scale.min',
      'gateway.routes[1].requestHeaders',
      'services.api.balance',
      'services.api.retries',
      'gateway.routes[1].responseHeaders',
      'gateway.securityHeaders',
      'gateway.compression',
    ],
  );
});

test('the lines of a rule are rendered ones, of this route, and hold no header’s value', () => {
  const { config } = render(FULL, { api: [], web: [] }, PATHS, MACHINE);
  const rendered = config
    .replaceAll('geheim', "'(hidden)'")
    .split('\n')
    .map((line) => line.trim());
  for (const { text, lines } of rulesOf(FULL, 1)) {
    for (const line of lines) {
      assert.ok(rendered.includes(line), `${text}: ${line}`);
      assert.doesNotMatch(line, /txn\.route\) -m int 1 \}|geheim|7000ms/);
    }
  }
  const lines = new Map(rulesOf(FULL, 0).map(({ path, lines }) => [pathText(path), lines]));
  assert.match(lines.get('gateway.routes[0].rateLimit')?.join('\n') ?? '', /table :limit-route-1 /);
  assert.deepEqual(lines.get('gateway.routes[0].timeout'), [
    'timeout server 7000ms',
    'timeout queue 7000ms',
  ]);
  assert.ok(!lines.has('services.web.retries'), 'a rule that renders nothing is none');
});

test('a preflight gets as far as its answer', () => {
  assert.deepEqual(
    rulesOf(FULL, 1, true)
      .map(({ path }) => pathText(path))
      .filter((key) => key.includes('routes')),
    ['gateway.routes[1]', 'gateway.routes[1].cors', 'gateway.routes[1].responseHeaders'],
  );
});

test('a request that has to come with TLS gets as far as the redirect, one that did is told of none', () => {
  const { gateway } = FULL;
  const tls = { cert: '/c', key: '/k', port: 8443, redirect: true, hstsMs: 1_000 };
  const state = { ...FULL, gateway: { ...gateway, tls }, certificate: BUNDLE };
  const keysOf = (isRedirect: boolean) =>
    rulesOf(state, 1, false, isRedirect).map(({ path }) => pathText(path));
  assert.deepEqual(
    keysOf(true).filter((key) => /routes|tls/.test(key)),
    ['gateway.routes[1]', 'gateway.tls.redirect', 'gateway.routes[1].responseHeaders'],
  );
  assert.ok(!keysOf(true).includes('gateway.rateLimit'));
  const over = keysOf(false);
  assert.ok(!over.includes('gateway.tls.redirect'));
  assert.ok(over.includes('gateway.tls.hsts') && over.includes('gateway.rateLimit'));
});

test('rules of tasks are said where the file says them, and those of the routes behind them where they stand', () => {
  const auth = { jwt: FULL.gateway.jwt };
  const state = gatewayState(
    [service({ breaker: { errors: 0.5, windowMs: 10_000 } }), service({ name: TASKS_SERVICE })],
    {
      paths: 'as-sent',
      ...auth,
      routes: [
        route({ path: '/tasks/*', service: TASKS_SERVICE, from: 'loopback', methods: ['POST'] }),
        route({ path: '/t/*', service: TASKS_SERVICE, auth: 'main' }),
        route({ path: '/jobs', async: 'slow', requestHeaders: { 'x-a': '1' }, timeoutMs: 7_000 }),
      ],
    },
  );
  const said = (index: number, queue: string | null = null) =>
    rulesOf(state, index, false, false, queue).map(
      ({ text, path }) => `${pathText(path)}: ${text}`,
    );
  assert.ok(said(0).some((each) => each.startsWith('tasks.auth: only programs on this machine')));
  assert.ok(said(0).some((each) => each.startsWith('tasks.path: the route takes POST /tasks')));
  assert.ok(said(1).some((each) => each.startsWith('tasks.auth: a caller needs a token of main')));
  assert.ok(
    said(1).every((each) => !/routes\[|services\./.test(each)),
    said(1).join('\n'),
  );

  const task =
    'gateway.routes[0].async: with Prefer: respond-async it becomes a task of the queue slow, and the answer is 202';
  for (const queue of [null, 'slow']) assert.ok(said(2, queue).includes(task));
  const breaker = /^services\.api\.breaker/;
  assert.ok(said(2).some((each) => breaker.test(each)));
  assert.ok(!said(2, 'slow').some((each) => breaker.test(each)), 'the service is not asked yet');
  assert.ok(!said(2, 'slow').some((each) => each.includes('].timeout')));
  const taken = rulesOf(state, 2, false, false, 'slow');
  const lines = taken.flatMap((rule) => rule.lines);
  assert.ok(
    lines.some(
      (line) =>
        line === 'http-request set-header x-tidegate-queue slow if { var(txn.route) -m int 3 }',
    ),
    lines.join('\n'),
  );
  assert.ok(lines.includes('use_backend tidegate-tasks if { var(txn.task) -m found }'));
});
