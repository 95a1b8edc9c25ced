import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuntimeSocket } from './runtime-socket.ts';
import { createSampler } from './sampler.ts';

test('a new worker is told the shares of the services it has, not of those that are gone', async () => {
  const told: string[] = [];
  const runtime: RuntimeSocket = {
    change: (commands) => Promise.resolve(void told.push(...commands)),
    ask: () => Promise.reject(new Error('not asked')),
  };
  const sampler = createSampler(runtime, '/f/samp.map');
  const rates = new Map([
    ['api', 2_000],
    ['old', 2_000],
    ['slow', 1],
  ]);
  await sampler.adjust(rates);
  assert.deepEqual(told.splice(0), ['set map /f/samp.map api 100', 'set map /f/samp.map old 100']);
  await sampler.adjust(rates);
  assert.deepEqual(told.splice(0), []);

  await sampler.restore(new Set(['api', 'slow']));
  assert.deepEqual(told.splice(0), ['set map /f/samp.map api 100']);
  // The key that was gone starts with all of its requests again.
  await sampler.adjust(rates);
  assert.deepEqual(told.splice(0), ['set map /f/samp.map old 100']);
});
