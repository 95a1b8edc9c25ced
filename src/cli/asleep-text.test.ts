import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import { wakesFor } from './asleep-text.ts';

test('what wakes a service is what reaches it: requests of its routes, tasks of its queues', () => {
  const scale = { min: 0 };
  const spec = resolved({
    services: {
      web: { command: 'web', scale },
      worker: { command: 'worker', scale },
      both: { command: 'both', scale },
      other: { command: 'other', scale, signals: { backlog: { http: 'http://127.0.0.1:9/n' } } },
    },
    gateway: {
      routes: [
        { path: '/both', service: 'both' },
        { path: '/*', service: 'web' },
      ],
    },
    tasks: { queues: { a: { service: 'worker' }, b: { service: 'both' } } },
  });
  assert.deepEqual(
    ['web', 'worker', 'both', 'other'].map((name) => wakesFor(name, spec)),
    ['a request', 'a task', 'a request or a task', 'a task'],
  );
});
