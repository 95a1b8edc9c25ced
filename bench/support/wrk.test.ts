import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWrk } from './wrk.ts';

test('the rate, the failures of both kinds and the 99th percentile are read from what wrk prints', () => {
  const text = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Latency Distribution
     50%    1.02ms
     99%  500.00us
  48912 requests in 1.10s, 7.05MB read
  Socket errors: connect 1, read 20, write 0, timeout 3
  Non-2xx or 3xx responses: 100
Requests/sec:  44465.21
Transfer/sec:      6.41MB
`;
  assert.deepEqual(parseWrk(text), { rps: 44465.21, requests: 48912, failed: 124, p99Ms: 0.5 });
});
