import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import { tasksNote } from './tasks-note.ts';

test('tasks that only this machine may send are named once, and no others', () => {
  const jwt = { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } };
  const noteOf = (tasks?: object) =>
    tasksNote(
      resolved({ gateway: { jwt }, services: { api: { command: 'x' } }, ...(tasks && { tasks }) }),
    );
  const queues = { default: { service: 'api' } };
  assert.match(
    noteOf({ queues, path: '/jobs' }) ?? '',
    /^Tasks at \/jobs are taken from this machine only/,
  );
  assert.equal(noteOf({ queues, auth: 'main' }), null);
  assert.equal(noteOf(), null);
});
