import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseFacts, databaseTone } from './database-words.ts';

test('a database is one line: what it is, where, how large, and whether it is well', () => {
  const main = {
    kind: 'postgres',
    address: '127.0.0.1:20003',
    memoryBytes: 61 * 2 ** 20,
    connections: 12,
  } as const;
  assert.equal(databaseFacts(main), 'PostgreSQL · 127.0.0.1:20003 · 61 MB · 12 connections');
  const little = { ...main, kind: 'redis', memoryBytes: null, connections: 1 } as const;
  assert.equal(databaseFacts(little), 'Redis · 127.0.0.1:20003 · 1 connection');
  const tones = (['ready', 'external', 'starting', 'failed'] as const).map((state) =>
    databaseTone({ state, problem: null }),
  );
  assert.deepEqual(tones, ['good', 'held', 'warn', 'bad']);
  assert.equal(databaseTone({ state: 'ready', problem: 'x' }), 'bad');
});
