import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, resolved } from './fixtures/resolved.ts';
import { full } from './fixtures/full.ts';
import { resolveSpec } from './resolve.ts';
import { revisionId } from './revision.ts';
import { DISPATCH_SERVICE, TAKEN_AT_ONCE, TASKS_SERVICE } from './tasks-program.ts';
import type { TasksProgram } from './tasks-program.ts';

function withTasks(tasks: object = {}, services: object = {}) {
  return resolved({
    services: { worker: { command, concurrency: 8 }, ...services },
    tasks: { queues: { default: { service: 'worker', path: '/run' } }, ...tasks },
  });
}

test('tasks are taken and delivered by two services like any other', () => {
  const { services } = withTasks();
  assert.deepEqual(Object.keys(services), ['worker', TASKS_SERVICE, DISPATCH_SERVICE]);
  const [taking, dispatch] = [services[TASKS_SERVICE], services[DISPATCH_SERVICE]];
  assert.ok(taking && dispatch);
  assert.deepEqual(taking.command, { kind: 'internal', program: 'tasks' });
  assert.deepEqual(dispatch.command, { kind: 'internal', program: 'dispatch' });
  assert.equal(taking.health.path, '/.tidegate/health');
  assert.deepEqual([taking.concurrency, taking.scale.min, taking.scale.max], [TAKEN_AT_ONCE, 1, 4]);
  assert.deepEqual([dispatch.scale.min, dispatch.scale.max], [1, 1]);
  assert.equal(taking.drainMs, 75_000);
  assert.equal(dispatch.drainMs, 300_000);
  const short = withTasks({ queues: { default: { service: 'worker', timeout: '5s' } } });
  assert.equal(short.services[DISPATCH_SERVICE]?.drainMs, 30_000);
});

test('on a machine of many cores they leave PostgreSQL connections for others', () => {
  const machine = { cores: 64, memoryBytes: 8 * 2 ** 30 };
  const input = {
    services: { worker: { command } },
    tasks: { queues: { default: { service: 'worker' } } },
  };
  const result = resolveSpec(input, { folder: '/srv', machine });
  assert.ok(result.ok);
  assert.equal(result.spec.services[TASKS_SERVICE]?.scale.max, 6);
});

test('what they are told is this, and holds no secret', () => {
  const { services } = resolved(full);
  const told = services[DISPATCH_SERVICE]?.env['TIDEGATE_TASKS'];
  assert.equal(told, services[TASKS_SERVICE]?.env['TIDEGATE_TASKS']);
  const golden = join(import.meta.dirname, 'fixtures/tasks-program.json');
  const expected = JSON.parse(readFileSync(golden, 'utf8')) as TasksProgram;
  assert.deepEqual(JSON.parse(told as string), expected);
});

test('they start anew only when what they are told is another', () => {
  const revision = (...given: Parameters<typeof withTasks>) => {
    const service = withTasks(...given).services[DISPATCH_SERVICE];
    assert.ok(service);
    return revisionId(service);
  };
  assert.equal(revision({ auth: undefined }), revision());
  assert.equal(revision({ workerToken: { env: 'TOKEN' } }), revision());
  assert.notEqual(revision({ keep: '1d' }), revision());
  assert.notEqual(revision({}, { worker: { command, concurrency: 9 } }), revision());
  const pulled = { queues: { a: { service: 'worker', delivery: 'pull' } } };
  const program = withTasks(pulled).services[TASKS_SERVICE]?.env['TIDEGATE_TASKS'] as string;
  assert.deepEqual((JSON.parse(program) as TasksProgram).perReplica, {});
  const plain = withTasks({}, { worker: { command } }).services[TASKS_SERVICE];
  const told = JSON.parse(plain?.env['TIDEGATE_TASKS'] as string) as TasksProgram;
  assert.deepEqual(told.perReplica, { worker: 10 });
});
