import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endedText, holdsText, unwatchedText } from './words.ts';

const latency = {
  subject: 'api',
  signal: 'latency',
  operator: '>',
  threshold: 2_000,
  unit: 'time',
} as const;

test('what holds is said with its numbers, and for how long', () => {
  assert.equal(holdsText(latency, 2_400, 60_400), 'api: p95 latency 2.4 s is above 2 s for 1 min');
  assert.equal(holdsText(latency, 2_400, 300), 'api: p95 latency 2.4 s is above 2 s');
  const errors = { ...latency, signal: 'errors', operator: '>=', threshold: 0.1 } as const;
  assert.equal(
    holdsText({ ...errors, unit: 'fraction' }, 0.1234, 0),
    'api: error rate 12.3 % is at or above 10 %',
  );
  const open = { ...latency, subject: 'gateway', signal: 'connections', unit: 'number' } as const;
  assert.equal(
    holdsText({ ...open, operator: '<' }, 7, 0),
    'gateway: connections 7 are below 2000',
  );
  const rps = { ...latency, signal: 'rps', unit: 'number', threshold: 5, operator: '<=' } as const;
  assert.equal(holdsText(rps, 4.21, 0), 'api: request rate 4.2/s is at or below 5/s');
});

test('what ended is said with the number that ended it, or without', () => {
  assert.equal(endedText(latency, 120), 'api: p95 latency 120 ms is not above 2 s any more');
  assert.equal(endedText(latency, null), 'api: p95 latency is not above 2 s any more');
  assert.equal(
    unwatchedText(latency),
    'api: whether p95 latency is above 2 s is not watched any more',
  );
});
