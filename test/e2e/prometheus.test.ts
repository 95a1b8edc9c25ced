import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../support/ports.ts';
import { createProject, helloServer } from '../support/project.ts';
import type { Project } from '../support/project.ts';
import { expressionsOf, metricsIn } from '../support/promql.ts';
import { WITH_PROMETHEUS, promtool } from '../support/promtool.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const PROJECT = {
  name: 'shop',
  services: {
    api: { command: 'node api.cjs', resources: { memory: '512MB' } },
    worker: { command: 'node api.cjs', scale: { min: 1, max: 1 } },
  },
  gateway: {
    routes: [{ path: '/cached/*', service: 'api', cache: { ttl: '1m' } }, { service: 'api' }],
  },
  tasks: { queues: { mail: { service: 'worker', path: '/' } } },
  databases: { cache: { kind: 'redis' } },
  alerts: [
    // However slow the machine is, this is calm.
    { when: 'api.latency > 20s', for: '30s' },
    { when: 'mail.oldest > 1m' },
    { defaults: true },
  ],
};

/** What has to have a value wherever there is some traffic and a task. */
const MAIN = [
  'tidegate_http_requests_total',
  'tidegate_http_request_duration_seconds_bucket',
  'tidegate_replicas',
  'tidegate_replicas_desired',
  'tidegate_memory_bytes',
  'tidegate_gateway_connections',
  'tidegate_tasks_sent_total',
  'tidegate_database_up',
  'tidegate_redis_connections',
  'tidegate_control_tick_seconds',
];

/** Debian's Prometheus on a port and with a folder of its own. */
async function startPrometheus(t: TestContext, config: string): Promise<string> {
  const port = await freePort();
  const program = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(temporaryFolder(t), 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--scrape.discovery-reload-interval=100ms',
    ],
    { stdio: 'ignore', env: WITH_PROMETHEUS },
  );
  const ended = once(program, 'exit');
  t.after(async () => {
    program.kill('SIGKILL');
    await ended;
  });
  return `http://127.0.0.1:${port}`;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

async function query(prometheus: string, expr: string): Promise<Answer> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
  return (await response.json()) as Answer;
}

/** Twice, so that a rate can be told. */
async function hasSeen(prometheus: string, metric: string): Promise<boolean> {
  try {
    const expr = `count_over_time(${metric}[1m]) > 1`;
    return (await query(prometheus, expr)).data.result.length > 0;
  } catch {
    // It does not listen yet.
    return false;
  }
}

async function someTraffic({ gatewayUrl }: Project): Promise<void> {
  for (const path of ['/', '/cached/a', '/cached/a']) {
    const response = await fetch(`${gatewayUrl}${path}`);
    await response.text();
  }
  const sent = await fetch(`${gatewayUrl}/tasks/mail`, { method: 'POST', body: '{}' });
  assert.equal(sent.status, 202);
}

test('a real Prometheus takes what is rendered, finds the project, and answers what dashboard and alerts ask', async (t) => {
  const project = await createProject(t, PROJECT, { 'api.cjs': helloServer() });
  const out = join(project.folder, 'watch');
  const config = join(out, 'prometheus.yml');
  const rendering = async (): Promise<string> => {
    const ran = ['prometheus', 'grafana'].map((what) => project.run('render', what, '--out', out));
    for (const { code, err } of await Promise.all(ran)) assert.equal(code, 0, err);
    promtool(['check', 'config', config]);
    const rendered = readFileSync(config, 'utf8');
    // What it does every five seconds need not be waited for. Nor may a scrape take longer than that.
    writeFileSync(config, rendered.replace('scrape_interval: 5s', 'scrape_interval: 1s'));
    return startPrometheus(t, config);
  };
  // Neither needs the other.
  const [started, prometheus] = await Promise.all([project.run('up', '-d'), rendering()]);
  assert.equal(started.code, 0, started.err);
  await someTraffic(project);
  for (const name of MAIN)
    await until(`Prometheus has seen ${name}`, () => hasSeen(prometheus, name));
  await until('Prometheus knows that it is up', async () => {
    const up = await query(prometheus, 'up{job="tidegate-shop",project="shop"}');
    return up.data.result[0]?.value[1] === '1';
  });

  const page = await (await fetch(`http://127.0.0.1:${project.adminPort}/metrics`)).text();
  promtool(['check', 'metrics'], page);

  const dashboard: unknown = JSON.parse(readFileSync(join(out, 'tidegate-dashboard.json'), 'utf8'));
  const asked = expressionsOf(dashboard).map((expr) =>
    expr.replaceAll('$project', 'shop').replaceAll('$service', 'api'),
  );
  const withValues = new Set<string>();
  for (const expr of asked) {
    const { status, error, data } = await query(prometheus, expr);
    assert.equal(status, 'success', `${expr}: ${error}`);
    if (data.result.length > 0) for (const { name } of metricsIn(expr)) withValues.add(name);
  }
  for (const name of MAIN) assert.ok(withValues.has(name), `Grafana shows ${name}`);

  const rules = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string; query: string; lastError?: string }[] }[] };
  };
  const known = rules.data.groups.flatMap((group) => group.rules);
  assert.ok(known.length >= 8, `${known.length} rules`);
  for (const { name, query: expr } of known) {
    // A scrape that failed is over with the next one.
    await until(`${name} is calm`, async () => {
      const answer = await query(prometheus, expr);
      assert.equal(answer.status, 'success', `${name}: ${answer.error}`);
      return answer.data.result.length === 0;
    });
  }
});
