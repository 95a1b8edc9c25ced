import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWorkers } from './master-socket.ts';

test('the master, its worker and those that leave are told apart', () => {
  const text = `#<PID>          <type>          <reloads>       <uptime>        <version>      
8807            master          2 [failed: 1]   0d00h00m32s     2.6.12-1+deb12u4
# workers
8900            worker          0               0d00h00m00s     2.6.12-1+deb12u4
# old workers
8833            worker          1               0d00h00m32s     2.6.12-1+deb12u4
8810            worker          2               0d00h01m32s     2.6.12-1+deb12u4
# programs

`;
  assert.deepEqual(parseWorkers(text), { current: 8900, old: [8833, 8810], failedReloads: 1 });
});

test('a master that has no worker yet says so', () => {
  assert.deepEqual(parseWorkers('8807 master 0 [failed: 0] 0d 2.6\n# workers\n# programs\n'), {
    current: null,
    old: [],
    failedReloads: 0,
  });
});
