import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { takePulse } from './pulse.ts';

test('a pulse notes the time in which nobody answered as they should', async (t) => {
  let failing = false;
  let next: () => void = () => undefined;
  const server = createServer((_, response) => {
    response.writeHead(failing ? 503 : 200).end();
    next();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const askedTimes = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left--) await new Promise<void>((resolve) => (next = resolve));
  };

  const pulse = takePulse(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => pulse.stop());
  await askedTimes(3);
  failing = true;
  await askedTimes(1);
  // One beat at a time: whoever asks has the last answer, however long the machine took to hand it over.
  const failingAt = performance.now();
  await askedTimes(9);
  const failedMs = performance.now() - failingAt;
  failing = false;
  await askedTimes(3);
  await pulse.stop();
  assert.ok(failedMs > 100, 'nine beats apart');
  assert.ok(pulse.longestGapMs >= failedMs, `${pulse.longestGapMs} of ${failedMs}`);
});
