import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noControlBut } from './no-control.ts';

test('without a control plane it is said what serves on, and what takes it over', () => {
  const text = (
    gatewayPid: number | null,
    replicas: readonly string[],
    databases: readonly string[] = [],
  ): string => noControlBut('/srv/shop', { gatewayPid, replicas, databases }).message;
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
  assert.equal(
    text(123, ['api-1'], ['main']),
    'The control plane is not running; the gateway (pid 123) and 1 replica go on serving, and the database main runs on.',
  );
  assert.equal(
    text(null, ['api-1', 'api-2'], ['main', 'cache']),
    'The control plane is not running, nor is the gateway; 2 replicas run on, and no request comes through; the databases main, cache run on.',
  );
  assert.equal(
    text(null, [], ['main']),
    'The control plane is not running, nor is the gateway; the database main runs on.',
  );
  assert.equal(text(null, []), 'Tidegate is not running in /srv/shop.');
  const { code, exitCode, hint } = noControlBut('/srv/shop', {
    gatewayPid: 1,
    replicas: [],
    databases: [],
  });
  assert.deepEqual([code, exitCode], ['CONTROL_NOT_RUNNING', 1]);
  assert.match(hint ?? '', /until `tidegate up`, which takes over/);
});
