import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, T0, view } from '../../test/support/fake-control.ts';
import { statusOf } from '../web/status.ts';
import { createStartWatch } from './start-watch.ts';

const facts = { adminUrl: '', controlPid: null };

/** `api-3` starts, and so does one of a service that is not concerned. */
function starting(text: string) {
  const [first, second, third] = service().replicas;
  if (!first || !second || !third) throw new Error('three');
  const replicas = [first, second, { ...third, note: { text, at: T0 } }];
  return statusOf(view({ services: [service({ replicas }), service({}, 'web')] }), facts);
}

test('a replica that starts is told once, and after five silent seconds what it is waited for', () => {
  const watch = createStartWatch({
    services: [{ name: 'api', from: 'a', to: 'b', replaced: 0, of: 3 }],
  });
  const waits = starting('waits for /health, 5 of 60 s: answered 500');
  assert.equal(watch.isDue(T0), true);
  assert.deepEqual(watch.look(waits, T0), ['api: starting api-3 of revision a1b2c3d']);
  assert.deepEqual([watch.isDue(T0 + 999), watch.isDue(T0 + 1000)], [false, true]);
  assert.deepEqual(watch.look(waits, T0 + 4_999), []);
  const line = 'api: api-3 waits for /health, 5 of 60 s: answered 500';
  assert.deepEqual(watch.look(waits, T0 + 5_000), [line]);
  watch.heard(T0 + 8_000);
  assert.deepEqual(watch.look(waits, T0 + 10_000), []);
  assert.deepEqual(watch.look(waits, T0 + 13_000), [line]);
});
