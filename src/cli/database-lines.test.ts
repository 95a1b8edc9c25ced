import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatabaseStatus } from '../web/contract.ts';
import { databaseLines } from './database-lines.ts';
import { paint } from './paint.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const MAIN: DatabaseStatus = {
  name: 'main',
  kind: 'postgres',
  state: 'ready',
  address: '127.0.0.1:30123',
  pid: 4711,
  startedAt: '2026-03-01T11:58:00.000Z',
  memoryBytes: 64 * 2 ** 20,
  connections: 12,
  maxConnections: 200,
  problem: null,
};

test('each database has a line, and what is wrong stands below', () => {
  const cache: DatabaseStatus = {
    ...MAIN,
    name: 'cache',
    kind: 'redis',
    state: 'external',
    address: 'redis.example.org:6379',
    pid: null,
    startedAt: null,
    memoryBytes: null,
    connections: null,
    problem: 'It does not answer: refused.',
  };
  const lines = databaseLines([MAIN, cache], paint(false), NOW);
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/).map((cell) => cell.trim())),
    [
      ['database', 'kind', 'state', 'address', 'pid', 'up', 'memory', 'connections'],
      ['main', 'postgres', 'ready', '127.0.0.1:30123', '4711', '2 min', '64 MB', '12'],
      ['cache', 'redis', 'external', 'redis.example.org:6379', '–', '–', '–', '–'],
      ['cache: It does not answer: refused.'],
    ],
  );
});

test('without databases there is no line', () => {
  assert.deepEqual(databaseLines([], paint(false), NOW), []);
});
