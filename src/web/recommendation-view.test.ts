import assert from 'node:assert/strict';
import { test } from 'node:test';
import { T0 } from '../../test/support/fake-control.ts';
import { startFakeWeb } from '../../test/support/fake-web.ts';

test('recommendations reach the client with their moments in ISO 8601, and nobody without a key', async (t) => {
  const web = await startFakeWeb(t);
  const advice = {
    id: 'api.held',
    service: 'api',
    kind: 'advice',
    title: 'Let its policy decide again.',
    evidence: 'somebody pinned it at 4, 2 h ago',
    change: null,
    command: 'tidegate scale api auto',
    action: 'release',
  } as const;
  web.control.advised = [{ ...advice, from: T0 - 7_200_000, to: T0 }];
  assert.deepEqual(await web.client.recommendations(), [
    { ...advice, from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T12:00:00.000Z' },
  ]);
  assert.equal((await web.ask('/api/v1/recommendations')).status, 401);
});
