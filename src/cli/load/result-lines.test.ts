import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from '../../lab/load/result.ts';
import { resultLines } from './result-lines.ts';

const RESULT: LoadResult = {
  url: 'http://127.0.0.1:8080/api',
  startedAt: '2026-03-01T10:00:00.000Z',
  durationS: 60.02,
  requests: 12_000,
  ok: 11_964,
  errors: { timeout: 6, 'status-503': 30 },
  rps: 199.9,
  latencyMs: { p50: 12.4, p90: 100, p95: 182.3, p99: 1400, p999: 2100, max: 2412 },
  usersPeak: 212,
  generatorCpu: 0.114,
  latenessMs: { p50: 0.4, p99: 1.2, max: 9 },
  warnings: ['The generator stood still for 120 ms at 12 s: latencies of that moment are its own.'],
  timeline: [],
  expectations: [],
};

test('the account of a load, as it stands in docs/load.md', () => {
  const lines = resultLines(
    {
      result: RESULT,
      asked: 'Open loop, 200 requests a second for 1 min',
      claims: [
        { text: 'p95<300ms', expected: 'below 300 ms', measured: '182 ms', met: true },
        { text: 'errors<0.1%', expected: 'below 0.1 %', measured: '0.3 %', met: false },
      ],
      services: [
        { name: 'api', from: 2, peak: 6, to: 5, ups: 4, downs: 1, incidents: 0 },
        { name: 'web', from: 1, peak: 1, to: 1, ups: 0, downs: 0, incidents: 1 },
      ],
      notes: ['The control plane was not heard from 3 s until 5 s: it left.'],
      reports: ['/srv/shop/load.html'],
      interrupted: false,
    },
    false,
  );
  assert.deepEqual(lines.join('\n').split('\n'), [
    'http://127.0.0.1:8080/api  Open loop, 200 requests a second for 1 min',
    'took 1 min',
    '',
    '  requests  12,000   200/s',
    '  ok        11,964  99.7 %',
    '  errors        36   0.3 %  status-503 30, timeout 6',
    '',
    '  latency  p50    p90     p95     p99    p99.9  max',
    '           12 ms  100 ms  182 ms  1.4 s  2.1 s  2.4 s',
    '',
    '  generator  0.11 of a core, at most 212 at once; sent late by 0.4 ms (p50), 1.2 ms (p99), 9 ms (max)',
    '',
    '  api  2 → 6 → 5 replicas, decided 4 up, 1 down',
    '  web  1 replica, no change was decided, 1 incident',
    '',
    '  ✓ p95<300ms  measured 182 ms',
    '  ✗ errors<0.1%  measured 0.3 %, expected below 0.1 %',
    '',
    'warning  The generator stood still for 120 ms at 12 s: latencies of that moment are its own.',
    '',
    'note  The control plane was not heard from 3 s until 5 s: it left.',
    '',
    'report  /srv/shop/load.html',
  ]);
});

test('a load of which nothing ended says so without a percentage', () => {
  const nothing = { p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
  const result = {
    ...RESULT,
    requests: 0,
    ok: 0,
    errors: {},
    rps: 0,
    latencyMs: nothing,
    warnings: [],
  };
  const shown = { result, asked: 'x', claims: [], services: null, notes: [], reports: [] };
  const lines = resultLines({ ...shown, interrupted: true }, false);
  assert.equal(lines[1], 'interrupted after 1 min');
  assert.deepEqual(lines.slice(3, 6), ['  requests  0  0/s', '  ok        0', '  errors    0']);
});
