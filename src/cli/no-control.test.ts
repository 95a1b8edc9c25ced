import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noControlBut } from './no-control.ts';

test('without a control plane it is said what serves on, and what takes it over', () => {
  const text = (gatewayPid: number | null, replicas: readonly string[]): string =>
    noControlBut('/srv/shop', { gatewayPid, replicas }).message;
  assert.equal(
    text(123, ['api-1', 'api-2']),
    'The control plane is not running; the gateway (pid 123) and 2 replicas go on serving.',
  );
  assert.equal(
    text(123, []),
    'The control plane is not running; the gateway (pid 123) goes on serving.',
  );
  assert.equal(
    text(null, ['api-1']),
    'The control plane is not running, nor is the gateway; 1 replica runs on, and no request comes through.',
  );
  assert.equal(text(null, []), 'Tidegate is not running in /srv/shop.');
  const { code, exitCode, hint } = noControlBut('/srv/shop', { gatewayPid: 1, replicas: [] });
  assert.deepEqual([code, exitCode], ['CONTROL_NOT_RUNNING', 1]);
  assert.match(hint ?? '', /until `tidegate up`, which takes over/);
});
