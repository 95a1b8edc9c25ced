import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicaStatus } from '../web/contract.ts';
import { breakerLines } from './breaker-text.ts';
import { paint } from './paint.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const lines = (
  circuit: Parameters<typeof breakerLines>[0]['circuit'],
  replicas: readonly object[] = [],
) =>
  breakerLines({ name: 'api', circuit, replicas: replicas as ReplicaStatus[] }, paint(false), NOW);

test('what is held back is said with its reason and its end, and nothing where all is well', () => {
  const ejected = { since: at(-4), untilAt: at(6), times: 1, reason: '9 of 9 attempts failed' };
  const closed = { state: 'closed', since: at(-60), reason: null, untilAt: null } as const;
  assert.deepEqual(lines(null), []);
  assert.deepEqual(lines(closed, [{ id: 'api-1', ejected: null }]), []);
  assert.deepEqual(lines(closed, [{ id: 'api-2', ejected }]), [
    'api-2 errs and gets no requests for 4 s: 9 of 9 attempts failed; it is tried in 6 s',
  ]);
  assert.deepEqual(
    lines(closed, [{ id: 'api-2', ejected: { ...ejected, untilAt: at(-1), times: 12 } }]),
    [
      'api-2 errs and gets no requests for 4 s, the 12th time in a row: 9 of 9 attempts failed; it is tried with one request',
    ],
  );
  assert.deepEqual(lines({ state: 'open', since: at(-2), reason: 'all failed', untilAt: at(3) }), [
    "api's requests are refused for 2 s: all failed; it is tried in 3 s",
  ]);
  assert.deepEqual(
    lines({ state: 'half-open', since: at(-2), reason: 'all failed', untilAt: null }),
    ["api's requests are refused for 2 s: all failed; it is tried with one request at a time"],
  );
});
