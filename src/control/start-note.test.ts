import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testReplica } from '../../test/support/replica.ts';
import { startNote } from './start-note.ts';

test('a replica that starts is waited for by name, with the time it has and what it answered last', () => {
  const replica = testReplica('api-1', { state: 'starting' });
  const health = { path: '/health', startupMs: 60_000 };
  assert.equal(startNote(replica, health, 12_900), 'waits for /health, 12 of 60 s');
  const answered = { ...replica, lastAnswer: 'answered 500' };
  assert.equal(startNote(answered, health, 99_000), 'waits for /health, 60 of 60 s: answered 500');
  assert.equal(
    startNote({ ...replica, note: { text: 'adopted', at: 0 } }, { path: null, startupMs: 500 }, -5),
    'waits for its port to open, 500 ms; adopted',
  );
});
