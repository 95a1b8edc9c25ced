import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '../../signals/reading.ts';
import { NOT_APPLICABLE, reading } from '../../signals/reading.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import { alertOf } from './alert.ts';
import { judge, untouched } from './judge.ts';

const rule: AlertRule = {
  id: 'api.latency > 2s',
  kind: 'service',
  subject: 'api',
  signal: 'latency',
  operator: '>',
  threshold: 2_000,
  unit: 'time',
  forMs: 0,
  notify: null,
  byDefault: true,
};

/** What is said after each of these, seen one second after the other. */
function said(...seen: readonly Reading[]): readonly (string | undefined)[] {
  let memory = untouched(0);
  return seen.map((each, second) => {
    ({ memory } = judge(rule, each, memory, second * 1_000));
    return alertOf(rule, memory, null, null)?.message;
  });
}

test('no number stands against a threshold that it is on the other side of', () => {
  assert.deepEqual(said(reading(2_400), reading(2_600), reading(100), reading(90), reading(80)), [
    'api: p95 latency 2.4 s is above 2 s',
    'api: p95 latency 2.6 s is above 2 s for 1 s',
    'api: p95 latency 2.6 s is above 2 s for 2 s',
    'api: p95 latency 2.6 s is above 2 s for 2 s',
    'api: p95 latency 80 ms is not above 2 s any more',
  ]);
  const asleep = said(reading(2_400), NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE);
  assert.equal(asleep.at(-1), 'api: p95 latency is not above 2 s any more');
});
