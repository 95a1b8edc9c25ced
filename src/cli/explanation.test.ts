import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionView, IncidentView } from '../web/contract.ts';
import { explanationLines } from './explanation.ts';
import { paint } from './paint.ts';

const NOW = new Date(2026, 2, 1, 14, 10, 0).getTime();
const at = (hour: number, minute: number, second: number, day = 1): string =>
  new Date(2026, 2, day, hour, minute, second).toISOString();

function decision(changes: Partial<DecisionView>): DecisionView {
  return {
    id: 1,
    at: at(14, 3, 12),
    until: at(14, 3, 12),
    times: 1,
    policy: 'linear',
    current: 2,
    raw: 3,
    stabilised: 3,
    limited: 3,
    desired: 3,
    applied: 3,
    binding: 'none',
    summary: '2 → 3: cpu 83 % is above 70 %',
    reasons: ['cpu 83 % is above 70 %', '+1: from 2 to 3'],
    signals: {
      cpu: 0.83,
      memoryBytes: null,
      latencyP50Ms: null,
      latencyP95Ms: null,
      latencyP99Ms: null,
      rps: null,
      errors: null,
      concurrency: null,
      queued: null,
      eventLoopDelayMs: null,
      backlog: null,
    },
    ...changes,
  };
}

const explain = (...decisions: DecisionView[]): readonly string[] =>
  explanationLines({ service: 'api', decisions, incidents: [] }, paint(false), NOW);

test('a change says when, from what to what, and why', () => {
  assert.deepEqual(explain(decision({})), [
    '14:03:12  2 → 3 replicas',
    '  cpu 83 % is above 70 %',
    '  +1: from 2 to 3',
  ]);
});

test('a change that holds says why it was made, and why it stays so', () => {
  const held = decision({
    times: 3,
    until: at(14, 3, 14),
    lately: ['cpu 50 % is between 20 % and 70 %'],
  });
  assert.deepEqual(explain(held), [
    '14:03:12  2 → 3 replicas',
    '  cpu 83 % is above 70 %',
    '  +1: from 2 to 3',
    '  for 2 s',
    '  now: cpu 50 % is between 20 % and 70 %',
  ]);
});

test('when nothing happens it says what stood in the way, by the stages that did, and for how long', () => {
  const held = decision({
    current: 3,
    raw: 4,
    stabilised: 3,
    limited: 3,
    until: at(14, 6, 12),
    times: 180,
    binding: 'cooldown',
    reasons: ['cooldown: 2 s left before the next step up'],
  });
  assert.deepEqual(explain(held), [
    '14:03:12  stays at 3, bound by cooldown',
    '  cooldown: 2 s left before the next step up',
    '  linear asked for 4; after cooldown and brake 3',
    '  for 3 min',
  ]);
});

test('of what is over, and was decided again and again, the reasons are those of its beginning, and it says so', () => {
  const held = { current: 3, until: at(14, 6, 12), times: 180 };
  const over = explain(decision({}), decision(held), decision({ until: at(14, 3, 14), times: 3 }));
  assert.deepEqual(
    over.filter((line) => line.startsWith('  for')),
    ['  for 3 min, at first for these reasons', '  for 2 s'],
  );
  const short = decision({ current: 3, until: at(14, 3, 14), times: 3 });
  assert.equal(explain(decision({}), short).at(-1), '  for 2 s');
  const stored = { service: 'api', decisions: [decision(held)], incidents: [] };
  assert.equal(
    explanationLines(stored, paint(false), NOW, 'stored').at(-1),
    '  for 3 min, at first for these reasons',
  );
});

test('a policy without data holds', () => {
  const blind = decision({ current: 3, raw: null, binding: 'missing', reasons: ['no data'] });
  assert.deepEqual(explain(blind), ['14:03:12  stays at 3, held: numbers missing', '  no data']);
});

test('limits are told as the only stage where only they changed the number', () => {
  const { raw, stabilised } = { raw: 12, stabilised: 12 };
  const limited = decision({ raw, stabilised, limited: 5, desired: 5, applied: 5, binding: 'max' });
  assert.ok(explain(limited).includes('  linear asked for 12; after limits 5'));
});

test('an idle service is told calmly', () => {
  const reasons = ['cpu 0 % is below 20 %', 'nothing to do, already at the minimum of 1'];
  const counts = { current: 1, raw: 0, stabilised: 0, limited: 1, desired: 1, applied: 1 };
  assert.deepEqual(explain(decision({ ...counts, binding: 'min', reasons })), [
    '14:03:12  stays at 1, the minimum',
    ...reasons.map((reason) => `  ${reason}`),
  ]);
});

test('one that may sleep stays awake, not at a minimum it does not have', () => {
  const reasons = ['one replica stays awake for 1 min after the last request: 8 s left'];
  const counts = { current: 1, raw: 0, stabilised: 0, limited: 1, desired: 1, applied: 1 };
  const [line] = explain(decision({ ...counts, binding: 'min', reasons }));
  assert.equal(line, '14:03:12  stays at 1, awake');
});

test('what did not come about is said', () => {
  const short = decision({ desired: 5, limited: 5, stabilised: 5, raw: 5, applied: 4 });
  assert.ok(explain(short).includes('  4 of 5 came about'));
  assert.doesNotMatch(explain(decision({ applied: null })).join('\n'), /came about/);
});

test('decisions stand apart, and those of another day carry the date', () => {
  const lines = explain(decision({}), decision({ at: at(23, 59, 1, 0), reasons: [] }));
  assert.deepEqual(lines.slice(3), ['', '2026-02-28 23:59:01  2 → 3 replicas']);
});

test('a service about which nothing was decided says so', () => {
  assert.deepEqual(explain(), ['api: nothing was decided yet.']);
});

test('what happened to replicas stands between the decisions, in the order of time', () => {
  const incident = (minute: number, code: string, message: string): IncidentView => ({
    at: at(14, minute, 0),
    replica: 'api-1',
    code,
    message,
  });
  const explanation = {
    service: 'api',
    decisions: [
      decision({ id: 2, at: at(14, 5, 0), reasons: ['second'] }),
      decision({ reasons: ['first'] }),
    ],
    incidents: [
      incident(7, 'RECOVERED', 'api-1 passes its checks again.'),
      incident(6, 'FAILING_CHECKS', 'api-1 fails its checks.'),
      incident(4, 'EXITED', 'api-1 ended with code 1:\u001b[31m no\ndatabase'),
      incident(1, 'ADOPTED', 'A new control plane took over.'),
    ],
  };
  assert.deepEqual(explanationLines(explanation, paint(false), NOW), [
    '14:07:00  RECOVERED  api-1 passes its checks again.',
    '14:06:00  FAILING_CHECKS  api-1 fails its checks.',
    '',
    '14:05:00  2 → 3 replicas',
    '  second',
    '',
    '14:04:00  EXITED  api-1 ended with code 1: no database',
    '',
    '14:03:12  2 → 3 replicas',
    '  first',
    '',
    '14:01:00  ADOPTED  A new control plane took over.',
  ]);
  assert.deepEqual(
    explanationLines({ ...explanation, decisions: [] }, paint(false), NOW).slice(0, 3),
    ['api: nothing was decided yet.', '', '14:07:00  RECOVERED  api-1 passes its checks again.'],
  );
});
