import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSleep, together, type SleepMeasured } from './sleep.ts';

const SOUND: SleepMeasured = {
  wakes: [
    { firstMs: 480, ownStartMs: 450, warmMs: 3 },
    { firstMs: 900, ownStartMs: 455, warmMs: 2 },
    { firstMs: 490, ownStartMs: 460, warmMs: 4 },
  ],
  processesAsleep: [0, 0, 0, 0],
  together: { answered: 100, slowestMs: 520, started: 1, answeredBy: 1 },
};

test('a wake that costs little above the start passes, also when one of three was slow', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a process that was left while it slept is seen', () => {
  assert.deepEqual(missed({ ...SOUND, processesAsleep: [0, 1, 0, 0] }), [0]);
});

test('requests that wait much longer than the program starts are seen', () => {
  const wakes = SOUND.wakes.map((wake) => ({ ...wake, firstMs: 1500 }));
  assert.deepEqual(missed({ ...SOUND, wakes }), [1]);
});

test('a next request that waits as well is seen', () => {
  const wakes = SOUND.wakes.map((wake) => ({ ...wake, warmMs: 470 }));
  assert.deepEqual(missed({ ...SOUND, wakes }), [2]);
});

test('a second process for requests that came together is seen', () => {
  assert.deepEqual(missed({ ...SOUND, together: { ...SOUND.together, started: 2 } }), [3]);
});

test('who was refused was not answered, even where one process was started', () => {
  const answer = { ok: true, ms: 480, pid: 7, ownStartMs: 450 };
  const refused = { ok: false, ms: 900 } as typeof answer;
  const all = Array.from({ length: 100 }, (_, index) => (index < 99 ? answer : refused));
  assert.deepEqual(together(all, 1), { answered: 99, slowestMs: 900, started: 1, answeredBy: 1 });
  assert.deepEqual(missed({ ...SOUND, together: together(all, 1) }), [3]);
});

function missed(measured: SleepMeasured): number[] {
  return judgeSleep(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
