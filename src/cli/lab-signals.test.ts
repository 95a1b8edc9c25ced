import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstAndSecondSignal } from './lab-signals.ts';

test('the first signal ends, the second hurries, and afterwards signals are as before', () => {
  const before = process.listenerCount('SIGINT');
  let told = 0;
  const signals = firstAndSecondSignal(() => told++);
  process.emit('SIGINT');
  assert.deepEqual([signals.first.aborted, signals.second.aborted, told], [true, false, 1]);
  process.emit('SIGTERM');
  assert.deepEqual([signals.second.aborted, told], [true, 1]);
  signals.release();
  assert.equal(process.listenerCount('SIGINT'), before);
});

test('when nobody reads any more that counts as the first', () => {
  const signals = firstAndSecondSignal(() => undefined);
  process.stdout.emit('error', new Error('EPIPE'));
  assert.equal(signals.first.aborted, true);
  signals.release();
});
