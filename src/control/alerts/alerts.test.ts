import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../kit/log.ts';
import { NOT_APPLICABLE } from '../../signals/reading.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import type { ControlEvent } from '../control.ts';
import type { Alerts } from './alerts.ts';
import { createAlerts } from './alerts.ts';
import type { Observed } from './observe.ts';

const T0 = Date.parse('2026-03-01T12:00:00.000Z');
const HOUR_S = 3_600;

const open: AlertRule = {
  id: 'gateway.connections > 10',
  kind: 'gateway',
  subject: 'gateway',
  signal: 'connections',
  operator: '>',
  threshold: 10,
  unit: 'number',
  forMs: 5_000,
  notify: { url: 'https://hooks.example.org/hunter2', insecure: false },
  byDefault: false,
};
const many: AlertRule = { ...open, id: 'gateway.connections > 50', threshold: 50, notify: null };

/** Alerts on a clock of the test, with a memory that outlives them. */
function bench(t: TestContext) {
  const facts = new Map<string, string>();
  const sent: { id: string; body: Record<string, unknown> }[] = [];
  const said: string[] = [];
  const logged: string[] = [];
  let now = T0;
  /** How far the clock was set forward, or the machine slept. */
  let jumpedMs = 0;
  let status = 200;
  let rules: readonly AlertRule[] = [open, many];
  const begin = (): Alerts => {
    const begun = createAlerts({
      clock: { now: () => now },
      elapsed: () => now - jumpedMs,
      log: {
        ...silentLog,
        warn: (_, text) => void logged.push(`warn ${text}`),
        info: (_, text) => void logged.push(`info ${text}`),
      },
      facts: {
        get: (name) => JSON.parse(facts.get(name) ?? 'null') as unknown,
        set: (name, value) => void facts.set(name, JSON.stringify(value)),
      },
      project: 'shop',
      rules: () => rules,
      emit: (event: ControlEvent) => {
        if (event.kind === 'alert') said.push(`${(now - T0) / 1_000} ${event.alert.state}`);
      },
      post: async ({ id, body }) => {
        sent.push({ id, body: JSON.parse(body) as Record<string, unknown> });
        return status;
      },
      chance: () => 0.5,
    });
    t.after(() => begun.stop());
    return begun;
  };
  let alerts = begin();
  return {
    said,
    sent,
    logged,
    view: () => alerts.view(),
    answer: (next: number) => void (status = next),
    force: (next: readonly AlertRule[]) => void (rules = next),
    /** Looks once a second, from one second to before another. */
    see(from: number, to: number, connections: number | null) {
      for (let second = from; second < to; second++) {
        now = T0 + second * 1_000;
        const found = connections === null ? null : { open: connections, limit: 100 };
        alerts.look({ gateway: { connections: found, errors: NOT_APPLICABLE } } as Observed, now);
      }
    },
    jump(ms: number) {
      jumpedMs += ms;
    },
    async restart(second: number) {
      await alerts.stop();
      now = T0 + second * 1_000;
      alerts = begin();
    },
  };
}

test('one that fires is told as an event, in the log and to its address, and so is its end', async (t) => {
  const { see, said, sent, logged, view } = bench(t);
  see(0, 8, 30);
  assert.deepEqual(said, ['0 pending', '5 firing']);
  assert.deepEqual(logged, ['warn alert firing: gateway: connections 30 are above 10 for 5 s']);
  await until('it is taken', () => view()[0]?.told?.at !== null);
  assert.deepEqual(view()[0], {
    id: 'gateway.connections > 10',
    subject: 'gateway',
    state: 'firing',
    message: 'gateway: connections 30 are above 10 for 7 s',
    since: T0,
    byDefault: false,
    told: { at: T0 + 7_000, attempts: 1, problem: null },
  });
  see(8, 14, 3);
  await until('the end is taken', () => view()[0]?.told?.at === T0 + 13_000);
  assert.deepEqual(said.slice(2), ['13 resolved']);
  assert.deepEqual(
    sent.map(({ body }) => [body['type'], body['text'], body['at']]),
    [
      [
        'alert.firing',
        '[firing] shop: gateway: connections 30 are above 10 for 5 s',
        '2026-03-01T12:00:05.000Z',
      ],
      [
        'alert.resolved',
        '[resolved] shop: gateway: connections 3 are not above 10 any more',
        '2026-03-01T12:00:13.000Z',
      ],
    ],
  );
  assert.deepEqual(sent[0]?.body['project'], 'shop');
  assert.deepEqual(sent[0].body['alert'], {
    id: 'gateway.connections > 10',
    subject: 'gateway',
    state: 'firing',
    message: 'gateway: connections 30 are above 10 for 5 s',
    since: '2026-03-01T12:00:00.000Z',
    byDefault: false,
  });
  assert.notEqual(sent[0].id, sent[1]?.id);
});

test('what has ended is shown for an hour, after what fires and what may', (t) => {
  const { see, force, view } = bench(t);
  const third = { ...many, id: 'gateway.connections < 5', operator: '<', threshold: 5 } as const;
  force([open, many, third]);
  see(0, 10, 80);
  see(10, 16, 0);
  see(16, 18, 80);
  const states = () => view().map(({ id, state }) => `${state} ${id}`);
  assert.deepEqual(states(), [
    'firing gateway.connections < 5',
    'pending gateway.connections > 10',
    'pending gateway.connections > 50',
  ]);
  see(18, 30, 30);
  assert.deepEqual(states(), [
    'firing gateway.connections > 10',
    'resolved gateway.connections < 5',
    'resolved gateway.connections > 50',
  ]);
  see(HOUR_S + 30, HOUR_S + 31, 30);
  assert.deepEqual(states(), ['firing gateway.connections > 10']);
});

test('after a restart nothing is told twice, and what was not delivered is', async (t) => {
  const { see, said, sent, view, restart, answer } = bench(t);
  answer(500);
  see(0, 8, 30);
  await until('it was refused', () => view()[0]?.told?.problem !== null);
  answer(200);
  await restart(100);
  assert.equal(view()[0]?.state, 'firing');
  see(100, 120, 30);
  await until('it is taken', () => view()[0]?.told?.at !== null);
  assert.deepEqual(said, ['0 pending', '5 firing']);
  assert.deepEqual([sent.length, new Set(sent.map(({ id }) => id)).size], [2, 1]);
  await restart(200);
  see(200, 210, 30);
  assert.deepEqual([sent.length, said.length], [2, 2]);
  see(210, 220, 1);
  assert.deepEqual(said.at(-1), '215 resolved');
});

test('time in which nobody looked is none in which it held', async (t) => {
  const { see, said, restart } = bench(t);
  see(0, 3, 30);
  see(3, 60, null);
  assert.deepEqual(said, ['0 pending']);
  see(60, 70, 30);
  assert.deepEqual(said, ['0 pending', '62 firing']);
  see(70, 73, 1);
  await restart(500);
  see(500, 502, 1);
  assert.equal(said.length, 2);
  see(502, 506, 1);
  assert.deepEqual(said.at(-1), '503 resolved');
});

test('time in which the machine slept, or that its clock left out, is none in which it held', (t) => {
  const { see, said, jump } = bench(t);
  see(0, 3, 30);
  jump(HOUR_S * 1_000);
  see(HOUR_S + 2, HOUR_S + 9, 30);
  assert.deepEqual(said, ['0 pending', `${HOUR_S + 5} firing`]);
});

test('who was told of a rule that is taken out is told that it ended, whoever comes after', async (t) => {
  const { see, said, sent, view, force, restart } = bench(t);
  see(0, 8, 80);
  await restart(8);
  force([]);
  see(8, 9, 80);
  assert.deepEqual(said.slice(-2), ['8 resolved', '8 resolved']);
  await until('it is told', () => sent.length === 2);
  assert.equal(
    view().find(({ told }) => told)?.message,
    'gateway: whether connections are above 10 is not watched any more',
  );
  force([open]);
  see(9, 20, 80);
  assert.deepEqual(said.slice(-2), ['9 pending', '14 firing']);
  assert.equal(view()[0]?.message, 'gateway: connections 80 are above 10 for 10 s');
});

test('one that ended, and was about to fire anew when its rule was taken out, ended with no number', (t) => {
  const { see, force, view } = bench(t);
  force([open]);
  see(0, 8, 30);
  see(8, 20, 3);
  assert.equal(view()[0]?.message, 'gateway: connections 3 are not above 10 any more');
  see(20, 22, 80);
  force([]);
  see(22, 23, 80);
  assert.equal(view()[0]?.message, 'gateway: connections are not above 10 any more');
});

test('a value on the edge is no stream of events', (t) => {
  const { see, said } = bench(t);
  for (let second = 0; second < 60; second += 2) {
    see(second, second + 1, 30);
    see(second + 1, second + 2, 1);
  }
  assert.equal(said.length, 6);
});

test('what cannot be read of another control plane is forgotten', (t) => {
  const facts = new Map<string, unknown>([['alerts', [null, 5, { rule: {} }]]]);
  const alerts = createAlerts({
    clock: { now: () => T0 },
    log: silentLog,
    facts: { get: (name) => facts.get(name) ?? null, set: () => assert.fail('the disk is full') },
    project: 'shop',
    rules: () => [],
    emit: () => undefined,
    post: async () => 200,
    chance: () => 0.5,
  });
  t.after(() => alerts.stop());
  assert.deepEqual(alerts.view(), []);
});
