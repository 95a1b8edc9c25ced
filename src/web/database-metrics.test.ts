import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATABASE as MAIN } from '../../test/support/full-page.ts';
import { databaseMetrics } from './database-metrics.ts';

const NOTHING = { memoryBytes: null, connections: null, maxConnections: null };

test('each kind of database has its numbers, and whether it answers', () => {
  const page = databaseMetrics([
    MAIN,
    {
      ...MAIN,
      name: 'old',
      state: 'external',
      problem: 'It does not answer.',
      connections: null,
      maxConnections: null,
    },
    { ...MAIN, name: 'cache', kind: 'redis' },
    { ...MAIN, name: 'broken', kind: 'redis', state: 'failed', ...NOTHING },
  ]);
  assert.deepEqual(
    page
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('tidegate')),
    [
      'tidegate_database_up{database="main",kind="postgres"} 1',
      'tidegate_database_up{database="old",kind="postgres"} 0',
      'tidegate_database_up{database="cache",kind="redis"} 1',
      'tidegate_database_up{database="broken",kind="redis"} 0',
      'tidegate_postgres_connections{database="main",role="primary"} 12',
      'tidegate_postgres_connections_limit{database="main",role="primary"} 200',
      'tidegate_redis_connections{database="cache",role="primary"} 12',
      'tidegate_redis_connections_limit{database="cache",role="primary"} 200',
      'tidegate_redis_memory_bytes{database="cache",role="primary"} 1000',
    ],
  );
  assert.equal(databaseMetrics([]).join(''), '');
});
