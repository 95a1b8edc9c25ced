import assert from 'node:assert/strict';
import { cpus, totalmem } from 'node:os';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { createHostReader } from './host.ts';

test('memory is what the machine has, or less where a control group says so', () => {
  const host = createHostReader()();
  assert.ok(host.memoryBytes > 0 && host.memoryBytes <= totalmem());
  assert.ok(host.freeMemoryBytes > 0 && host.freeMemoryBytes < host.memoryBytes);
});

test('a busy core shows in the share of the machine’s CPU', async () => {
  const read = createHostReader();
  assert.equal(read().cpu, null);
  const cpu = await until('a share above nothing', () => {
    const until = performance.now() + 50;
    while (performance.now() < until);
    const { cpu } = read();
    // One of all.
    return cpu !== null && cpu > 0.4 / cpus().length ? cpu : undefined;
  });
  assert.ok(cpu <= 1);
});
