import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND, evidence, hours, recorded } from '../../../test/support/evidence.ts';
import { eventLoop } from './event-loop.ts';

const now = (since: number): boolean => since % (2 * MINUTE) < 20 * SECOND;

test('an event loop that is blocked again and again is told of, with what its replica did meanwhile', () => {
  const recent = hours((since) =>
    now(since) ? { eventLoopDelayMs: since === 0 ? 3100 : 900, cpu: 0.2 } : { cpu: 0.9 },
  );
  const found = eventLoop(evidence({ recent }, { resources: { cpu: 2, memoryBytes: null } }));
  assert.ok(found?.kind === 'event-loop');
  assert.deepEqual([found.worstMs, found.cores], [3100, 0.4]);
  assert.ok(Math.abs(found.share - 1 / 6) < 0.01);
});

test('a single block, too short a look and a program that is not Node say nothing', () => {
  const once = hours((since) => ({ eventLoopDelayMs: since === 0 ? 5000 : 10 }));
  assert.equal(eventLoop(evidence({ recent: once })), null);
  const short = recorded(20 * MINUTE, 10 * SECOND, () => ({ eventLoopDelayMs: 900 }));
  assert.equal(eventLoop(evidence({ recent: short })), null);
  assert.equal(eventLoop(evidence({ recent: hours(() => ({ eventLoopDelayMs: null })) })), null);
});
