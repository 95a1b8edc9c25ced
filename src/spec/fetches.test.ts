import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetches } from './fetches.ts';
import { resolved } from './fixtures/resolved.ts';

const command = 'true';

function fetching(input: object): readonly string[] {
  const spec = resolved(input);
  return Object.values(spec.services)
    .filter((service) => fetches(service, spec.tasks))
    .map(({ name }) => name);
}

test('who works off a queue of others fetches', () => {
  const of = (backlog: object) => ({ services: { worker: { command, signals: { backlog } } } });
  assert.deepEqual(fetching(of({ redisList: 'jobs', url: 'redis://127.0.0.1' })), ['worker']);
  assert.deepEqual(fetching(of({ sql: 'select 1', url: 'postgres://127.0.0.1/x' })), ['worker']);
  assert.deepEqual(fetching(of({ http: 'http://127.0.0.1:9000' })), ['worker']);
});

test('of our queues those that are pulled are fetched from, also where others are pushed or a foreign one is looked at', () => {
  const gateway = { routes: [{ path: '/', service: 'web' }] };
  const services = { sent: { command }, pulls: { command }, both: { command }, web: { command } };
  const queues = {
    a: { service: 'sent' },
    b: { service: 'pulls', delivery: 'pull' },
    c: { service: 'both' },
    d: { service: 'both', delivery: 'pull' },
    e: { delivery: 'pull' },
  };
  assert.deepEqual(fetching({ gateway, services, tasks: { queues } }), ['pulls', 'both']);
});
