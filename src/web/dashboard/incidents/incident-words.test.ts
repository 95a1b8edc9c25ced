import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentTitle, incidentTone } from './incident-words.ts';

test('an incident is called by its code, and what nobody knows is bad', () => {
  assert.equal(incidentTitle({ code: 'ALERT_FIRING' }), 'Alert firing');
  const tones = ['ALERT_FIRING', 'ALERT_RESOLVED', 'DEPLOYMENT_BEGAN', 'IMAGE_MISSING'].map(
    (code) => incidentTone({ code, message: 'It says why.' }),
  );
  assert.deepEqual(tones, ['bad', 'good', 'held', 'bad']);
});

test('a deployment that did not come to its end is bad', () => {
  const tones = [
    'is done.',
    'is done. (2 more like it)',
    'failed: api-2 ended.',
    'was rolled back.',
  ].map((how) => incidentTone({ code: 'DEPLOYMENT_ENDED', message: `deploy 3 ${how}` }));
  assert.deepEqual(tones, ['held', 'held', 'bad', 'bad']);
});
