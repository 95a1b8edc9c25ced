import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { fullPage } from '../../../test/support/full-page.ts';
import { metricsIn, seriesOf } from '../../../test/support/promql.ts';
import { promtool } from '../../../test/support/promtool.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { ALERT_SIGNALS } from '../../spec/alerts.ts';
import type { AlertSpec, AlertUnit, WatchedKind } from '../../spec/alerts.ts';
import { ownServices } from '../../spec/own-services.ts';
import type { Spec } from '../../spec/spec.ts';
import { service } from '../../../test/support/fake-control.ts';
import { alertRulesFile } from './alert-rules-file.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const api = { ...service().spec, resources: { cpu: null, memoryBytes: 2 ** 29 } };

function specOf(rules: readonly AlertSpec[], changes: Partial<Spec> = {}): Spec {
  return {
    name: 'shop',
    services: { api },
    databases: {
      main: { name: 'main', kind: 'postgres', url: null, implicit: false },
      cache: { name: 'cache', kind: 'redis', url: null, implicit: false },
    },
    alerts: { rules, defaults: { notify: null } },
    ...changes,
  } as Spec;
}

function rulesOf(spec: Spec): readonly Rule[] {
  const { groups } = alertRulesFile(spec) as { groups: readonly { rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Every condition the configuration has words for. */
function everything(): readonly AlertSpec[] {
  const subjects: Readonly<Record<WatchedKind, readonly AlertSpec['subject'][]>> = {
    service: [{ kind: 'service', name: 'api' }],
    database: [
      { kind: 'database', name: 'main' },
      { kind: 'database', name: 'cache' },
    ],
    queue: [{ kind: 'queue', name: 'mail' }],
    gateway: [{ kind: 'gateway' }],
  };
  return Object.entries(ALERT_SIGNALS).flatMap(([kind, signals]) =>
    Object.entries(signals).flatMap(([signal, units]) =>
      (units as readonly AlertUnit[]).flatMap((unit) =>
        subjects[kind as WatchedKind].map((subject) => ({
          subject,
          signal: signal as AlertSpec['signal'],
          unit,
          operator: '>' as const,
          threshold: unit === 'fraction' ? 0.5 : 100,
          forMs: 0,
          notify: null,
        })),
      ),
    ),
  );
}

function check(t: Parameters<typeof temporaryFolder>[0], spec: Spec): void {
  const file = join(temporaryFolder(t), 'rules.yml');
  writeFileSync(file, stringify(alertRulesFile(spec)));
  promtool(['check', 'rules', file]);
}

test('every condition there is becomes a rule that promtool takes, of metrics that are there', (t) => {
  const spec = specOf(everything());
  check(t, spec);
  const known = seriesOf(fullPage());
  const rules = rulesOf(spec);
  for (const { name, labels } of rules.flatMap(({ expr }) => metricsIn(expr))) {
    const there = known.get(name);
    assert.ok(there, `${name} is a metric`);
    for (const label of labels.filter((each) => each !== 'project'))
      assert.ok(there.has(label), `${name} has ${label}`);
  }
  // How much memory PostgreSQL takes nobody measures.
  const conditions = rules.map(({ labels }) => labels['condition']);
  assert.equal(rules.length, 1 + everything().length - 1);
  assert.ok(!conditions.includes('main.memory > 100B'));
});

test('thresholds are in base units, and waits as they were written', () => {
  const latency: AlertSpec = {
    subject: { kind: 'service', name: 'api' },
    signal: 'latency',
    unit: 'time',
    operator: '>',
    threshold: 1500,
    forMs: 30_000,
    notify: null,
  };
  const rule = rulesOf(specOf([latency])).find(({ alert }) => alert === 'TidegateServiceLatency');
  assert.ok(rule);
  assert.ok(rule.expr.endsWith(' > 1.5'), rule.expr);
  assert.equal(rule.for, '30s');
  assert.equal(rule.annotations['summary'], 'api: p95 latency is above 1.5 s');
  assert.deepEqual(rule.labels, {
    project: 'shop',
    service: 'api',
    condition: 'api.latency > 1500ms',
  });
});

test('without alerts of its own a project has the defaults, and with none it still has a watch on who watches', () => {
  const names = (spec: Spec): readonly string[] => rulesOf(spec).map(({ alert }) => alert);
  assert.deepEqual(names(specOf([])), [
    'TidegateDown',
    'TidegateServiceLatency',
    'TidegateServiceErrors',
    'TidegateServiceCpu',
    'TidegateServiceMemory',
    'TidegateDatabaseConnections',
    'TidegateDatabaseConnections',
    'TidegateGatewayConnections',
  ]);
  assert.deepEqual(names(specOf([], { alerts: { rules: [], defaults: null } })), ['TidegateDown']);
  const unlimited = { services: { api: service().spec } };
  assert.ok(!names(specOf([], unlimited)).includes('TidegateServiceMemory'));
});

test('services of our own have no rules', () => {
  const own = Object.fromEntries(ownServices().map(([name]) => [name, { ...api, name }]));
  const rules = rulesOf(specOf([], { services: { api, ...own } }));
  assert.deepEqual(
    rules.flatMap(({ labels }) => labels['service'] ?? []),
    ['api', 'api', 'api', 'api'],
  );
});

test('a name that would end a string, a document or a template stays a name', (t) => {
  const name = 'a"} or up{b="\n- alert: x\n{{ evil }}\\';
  const rule: AlertSpec = {
    subject: { kind: 'service', name },
    signal: 'cpu',
    unit: 'fraction',
    operator: '>',
    threshold: 0.5,
    forMs: 0,
    notify: null,
  };
  const spec = specOf([rule], { name, services: { [name]: { ...api, name } } });
  check(t, spec);
  assert.equal(rulesOf(spec).length, rulesOf(specOf([])).length);
  for (const { labels } of rulesOf(spec)) assert.ok(!/\{\{ evil/.test(labels['condition'] ?? ''));
});
