/** How exact limits are: what is accepted of an even load, and of bursts, over some windows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHaproxy } from '../../src/gateway/render/fixtures/haproxy.ts';
import { gatewayState, route, server, service } from '../../src/gateway/render/fixtures/states.ts';
import { startUpstream } from '../../src/gateway/render/fixtures/upstream.ts';
import { offer } from '../support/offered.ts';

const CASES = [
  { requests: 10, windowMs: 1_000, perSecond: 100, seconds: 6 },
  { requests: 10, windowMs: 1_000, perSecond: 12, seconds: 6 },
  { requests: 10, windowMs: 1_000, perSecond: 9, seconds: 6 },
  { requests: 1, windowMs: 1_000, perSecond: 50, seconds: 10 },
  { requests: 2, windowMs: 1_000, perSecond: 50, seconds: 10 },
  { requests: 200, windowMs: 5_000, perSecond: 400, seconds: 20 },
];

for (const { requests, windowMs, perSecond, seconds } of CASES) {
  const title = `${requests} in ${windowMs / 1_000} s, of ${perSecond}/s for ${seconds} s`;
  test(title, async (t) => {
    const upstream = await startUpstream(t, 'a');
    const rateLimit = { per: { kind: 'ip' as const }, requests, windowMs, followCapacity: false };
    const haproxy = await runHaproxy(
      t,
      gatewayState([service({ servers: [server('api-1', upstream.port)] })], {
        routes: [route({ path: '/*', rateLimit })],
      }),
    );
    const answers = await offer(haproxy.url, perSecond, (atMs) => atMs < seconds * 1_000);
    const times = answers.filter(({ status }) => status === 200).map(({ atMs }) => atMs);
    const windows = (seconds * 1_000) / windowMs;
    const expected = Math.min(requests * windows, answers.length);
    t.diagnostic(
      `${times.length} of ${answers.length} accepted, ${expected} at that rate; at most ${busiest(times, windowMs)} in a window`,
    );
    assert.ok(times.length <= requests * (windows + 1) + 1, `${times.length}`);
    assert.ok(times.length >= expected * 0.9 - 1, `${times.length}`);
    assert.ok(busiest(times, windowMs) <= 2 * requests + 1);
  });
}

// Private

/** The most that were accepted within any window, wherever it begins. */
function busiest(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(
    0,
    ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + windowMs).length),
  );
}
