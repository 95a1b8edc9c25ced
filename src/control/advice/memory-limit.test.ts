import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { DAY, MB, NOW, days, evidence, hours } from '../../../test/support/evidence.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import { memoryLimit, roundSize } from './memory-limit.ts';

const limited = { resources: { cpu: null, memoryBytes: 512 * MB } };

test('memory that stayed far below its limit for days lets the limit come down, with half as much again to spare', () => {
  const week = days(3, (since) => ({ memoryBytes: (since === DAY ? 159 : 120) * MB }));
  const scale = { down: { cpu: 0.2, memory: 0.4 } };
  assert.deepEqual(memoryLimit(evidence({ week }, { ...limited, scale })), {
    kind: 'memory-lower',
    peakBytes: 159 * MB,
    limitBytes: 512 * MB,
    betterBytes: 256 * MB,
    holdsDown: 0.4,
    from: NOW - 3 * DAY,
    to: NOW,
    seenMs: 3 * DAY,
  });
});

test('a service that never comes down by memory is not told of the rule', () => {
  const week = days(2, () => ({ memoryBytes: 100 * MB }));
  const found = memoryLimit(evidence({ week }, limited));
  assert.equal(found?.kind === 'memory-lower' && found.holdsDown, null);
});

test('no limit is named at which what is usual would scale it up', () => {
  const week = days(2, () => ({ memoryBytes: 100 * MB }));
  const limit = (scale: Partial<ScaleSpec>): unknown => {
    const found = memoryLimit(evidence({ week }, { ...limited, scale }));
    return found?.kind === 'memory-lower' && found.betterBytes / MB;
  };
  assert.equal(limit({ up: { memory: 0.8 } }), 192);
  assert.equal(limit({ up: { memory: 0.5 } }), 256);
  assert.equal(limit({ policy: 'target', target: { memory: 0.5 } }), 256);
});

test('less than a day, a gap for most of it, or a limit that is nearly right is no reason', () => {
  const silent = (week: ReturnType<typeof days>): void =>
    assert.equal(memoryLimit(evidence({ week }, limited)), null);
  silent(hours(() => ({ memoryBytes: 20 * MB })));
  silent(days(3, (since) => ({ memoryBytes: since > 2 * DAY ? 20 * MB : null })));
  silent(days(3, () => ({ memoryBytes: 300 * MB })));
  const unlimited = evidence({ week: days(3, () => ({ memoryBytes: MB })) });
  assert.equal(memoryLimit(unlimited), null);
});

test('memory near its limit, or replicas replaced for it, ask for more than there is', () => {
  const full = hours((since) => ({ memoryBytes: (since > DAY / 24 ? 480 : 200) * MB }));
  const near = memoryLimit(evidence({ week: full }, limited));
  assert.equal(near?.kind === 'memory-higher' && near.betterBytes, 768 * MB);
  const week = hours(() => ({ memoryBytes: 200 * MB }));
  const message = 'api-3 is being replaced: above its memory (520 MB, allowed 512 MB) for 10 s.';
  const replaced = {
    at: NOW - DAY,
    service: 'api',
    replica: 'api-3',
    code: 'REPLICA_REPLACED',
    message,
  };
  const found = memoryLimit(evidence({ week, incidents: [replaced] }, limited));
  assert.equal(found?.kind === 'memory-higher' && found.replaced, 1);
  assert.equal(found?.kind === 'memory-higher' && found.betterBytes, 768 * MB);
});

test('no limit is named that the machine cannot give', () => {
  const week = hours(() => ({ memoryBytes: 500 * MB }));
  const machine = { room: 0, memoryBytes: 600 * MB };
  const found = memoryLimit(evidence({ week, machine }, limited));
  assert.equal(found?.kind === 'memory-higher' && found.betterBytes, null);
});

test('whoever does as told is told nothing more by the same numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8192 }),
      fc.integer({ min: 1, max: 8192 }),
      (peak, limit) => {
        const week = days(2, () => ({ memoryBytes: peak * MB }));
        const machine = { room: 1, memoryBytes: null };
        const ask = (memoryBytes: number): ReturnType<typeof memoryLimit> =>
          memoryLimit(evidence({ week, machine }, { resources: { cpu: null, memoryBytes } }));
        const found = ask(limit * MB);
        if (found === null) return;
        assert.ok(found.kind === 'memory-lower' || found.kind === 'memory-higher');
        const better = found.betterBytes as number;
        assert.ok(found.kind === 'memory-lower' ? better < limit * MB : better > limit * MB);
        assert.ok(better >= 1.5 * peak * MB);
        const again = ask(better);
        assert.ok(again === null || again.kind === found.kind, 'it never turns round');
        if (found.kind === 'memory-lower') assert.equal(again, null);
      },
    ),
  );
});

test('sizes are round', () => {
  assert.deepEqual(
    [1, 33 * MB, 60 * MB, 97 * MB, 512 * MB, 513 * MB].map((bytes) => roundSize(bytes) / MB),
    [32, 48, 64, 128, 512, 768],
  );
});
