import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageBytes, ticksPerSecond } from '../../process/kernel.ts';
import type { ProcessStat } from '../../process/stat.ts';
import { createUsageMeter } from './usage.ts';

function member(pid: number, seconds: number, more: Partial<ProcessStat> = {}): ProcessStat {
  return {
    pid,
    state: 'S',
    parentPid: 1,
    groupId: 10,
    sessionId: 10,
    ownTicks: seconds * ticksPerSecond,
    childTicks: 0,
    threads: 1,
    startTicks: pid,
    residentPages: 100,
    ...more,
  };
}

test('cores are CPU time per time, of all members, from the second reading on', () => {
  const measure = createUsageMeter();
  const at = (ms: number, ...members: ProcessStat[]) =>
    measure(new Map([[10, members]]), ms).get(10);
  assert.deepEqual(at(0, member(10, 5), member(11, 1)), {
    cpuCores: null,
    memoryBytes: 200 * pageBytes,
  });
  assert.equal(at(2_000, member(10, 6), member(11, 3))?.cpuCores, 1.5);
  assert.equal(at(4_000, member(10, 6), member(11, 3))?.cpuCores, 0);
  assert.equal(
    at(5_000, member(10, 6), member(11, 3), member(12, 0.5))?.cpuCores,
    0.5,
    'a newcomer',
  );
  assert.equal(at(5_000, member(10, 6))?.cpuCores, null, 'no time has passed');
});

test('a member that ends takes nothing away and is not counted twice', () => {
  const measure = createUsageMeter();
  const at = (ms: number, ...members: ProcessStat[]) =>
    measure(new Map([[10, members]]), ms).get(10);
  at(0, member(10, 1), member(11, 4, { parentPid: 10 }));
  // Its parent has waited for it: its four seconds and a fifth are in the parent's account now.
  const parent = member(10, 1, { childTicks: 5 * ticksPerSecond });
  assert.equal(at(1_000, parent)?.cpuCores, 1);
  at(2_000, parent, member(12, 9, { parentPid: 1 }));
  assert.equal(at(3_000, parent)?.cpuCores, 0, 'an orphan’s time goes to init');
});
