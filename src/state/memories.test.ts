import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { PolicyMemory } from '../policy/decision.ts';

const MEMORY: PolicyMemory = {
  lastUpAt: 1_000,
  lastDownAt: null,
  burstAt: null,
  idleSince: 500,
  policies: { linear: { seen: [1, 2] } },
};

test('policy memory outlives a restart; a service without one has null', (t) => {
  const file = testStore(t);
  file.store.memories.set('api', { ...MEMORY, lastUpAt: 1 });
  file.store.memories.set('api', MEMORY);
  assert.deepEqual(file.reopen().memories.get('api'), MEMORY);
  assert.equal(file.store.memories.get('web'), null);
});

test('a memory that lost its shape counts as none', (t) => {
  const file = testStore(t);
  file.store.memories.set('api', MEMORY);
  const raw = new DatabaseSync(file.path);
  t.after(() => raw.close());
  const damages = [
    '',
    'null',
    '[]',
    '{"policies":{}}',
    JSON.stringify({ ...MEMORY, lastUpAt: 'x' }),
    JSON.stringify({ ...MEMORY, policies: undefined }),
  ];
  for (const text of damages) {
    raw.prepare('UPDATE memories SET memory = ?').run(text);
    assert.equal(file.store.memories.get('api'), null, text);
  }
});
