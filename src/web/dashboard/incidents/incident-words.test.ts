import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentTitle, incidentTone } from './incident-words.ts';

test('an incident is called by its code, and what nobody knows is bad', () => {
  assert.equal(incidentTitle({ code: 'ALERT_FIRING' }), 'Alert firing');
  const codes = ['ALERT_FIRING', 'ALERT_RESOLVED', 'IMAGE_MISSING'];
  assert.deepEqual(
    codes.map((code) => incidentTone({ code })),
    ['bad', 'good', 'bad'],
  );
  const deployments = ['DEPLOYMENT_BEGAN', 'DEPLOYMENT_ENDED', 'DEPLOYMENT_FAILED'];
  assert.deepEqual(
    deployments.map((code) => incidentTone({ code })),
    ['held', 'held', 'bad'],
  );
});
