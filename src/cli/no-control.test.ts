import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noControlBut } from './no-control.ts';

const NOTHING = { gatewayPid: null, replicas: [], databases: [] };

test('what goes on without a control plane is named', () => {
  const said = (left: object): string => noControlBut('/x', { ...NOTHING, ...left }).message;
  assert.equal(
    said({ gatewayPid: 7, replicas: ['a-1'], databases: ['main'] }),
    'The control plane is not running; the gateway (pid 7) and 1 replica go on serving, and the database main runs on.',
  );
  assert.equal(
    said({ gatewayPid: 7 }),
    'The control plane is not running; the gateway (pid 7) goes on serving.',
  );
  assert.equal(
    said({ replicas: ['a-1', 'a-2'], databases: ['main', 'cache'] }),
    'The control plane is not running, nor is the gateway; 2 replicas run on, and no request comes through; the databases main, cache run on.',
  );
  assert.equal(
    said({ databases: ['main'] }),
    'The control plane is not running, nor is the gateway; the database main runs on.',
  );
});
