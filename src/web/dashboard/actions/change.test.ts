import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cancelChange,
  pauseChange,
  releaseChange,
  restartChange,
  resumeChange,
  retryChange,
  scaleChange,
} from './change.ts';

const API = {
  name: 'api',
  desired: 2,
  pinned: null,
  paused: false,
  deploying: false,
  policy: 'linear',
  min: 0,
  max: 10,
} as const;

test('scaling says from where to where, for how long, and what does the same', () => {
  const up = scaleChange(API, 4);
  assert.equal(up.title, 'Hold api at 4 replicas?');
  assert.deepEqual(up.words, [
    'api goes from 2 to 4 replicas and stays there until released, whatever the load.',
    'Each new one takes traffic once it is healthy.',
  ]);
  assert.deepEqual([up.command, up.verb], ['tidegate scale api 4', 'Hold at 4']);
  assert.deepEqual([up.path, up.body], ['/api/v1/services/api/scale', { count: 4 }]);
  assert.equal(
    up.said({ service: 'api', desired: 4, pinned: 4 }),
    'api is held at 4 replicas. Auto lets go.',
  );
  const down = scaleChange(API, 1);
  assert.match(down.words.join(' '), /from 2 to 1 replica .* finish what they have in flight/);
  assert.match(scaleChange(API, 2).words.join(' '), /^api stays at 2 replicas until released/);
});

test('scaling to nothing, and during a deployment, says what that means', () => {
  assert.match(scaleChange(API, 0).words.join(' '), /Requests are refused meanwhile/);
  const busy = scaleChange({ ...API, deploying: true }, 3);
  assert.match(busy.words.join(' '), /A deployment is at work on it/);
});

test('letting go, pausing and resuming say who decides from then on', () => {
  const held = { ...API, pinned: 4, desired: 4 };
  const release = releaseChange(held);
  assert.match(release.words.join(' '), /policy \(linear\) decides again: from 4 .* 0 and 10/);
  assert.deepEqual([release.body, release.command], [{ count: 'auto' }, 'tidegate scale api auto']);
  assert.match(releaseChange({ ...held, paused: true }).words.join(' '), /paused as well/);
  assert.match(pauseChange(API).words.join(' '), /stays at 2 replicas .* die are still replaced/);
  assert.match(resumeChange(API).words.join(' '), /decides again, from 2 replicas/);
  assert.match(resumeChange(held).words.join(' '), /still held at 4 replicas/);
  assert.deepEqual(
    [pauseChange(API).path, resumeChange(API).path],
    ['/api/v1/services/api/pause', '/api/v1/services/api/resume'],
  );
});

test('a restart says that nothing is lost, and what its answer began', () => {
  const restart = restartChange(API);
  assert.match(restart.words.join(' '), /^All 2 replicas of api are replaced/);
  const one = restartChange({ ...API, desired: 1 }).words.join(' ');
  assert.match(
    one,
    /^The replica of api is replaced by a new one of the same revision\. The new one/,
  );
  assert.match(restartChange({ ...API, desired: 0 }).words.join(' '), /^api has no replicas/);
  assert.equal(restart.said({ deployment: { id: 7 } }), 'Restart 7 of api has begun.');
  assert.equal(restart.said({ deployment: null }), 'There is nothing to restart of api.');
});

test('a task is tried again or cancelled by its id, with what becomes of it', () => {
  const task = { id: 'f'.repeat(32), queue: 'mail', state: 'failed', attempt: 6 } as const;
  const retry = retryChange(task);
  assert.match(retry.words.join(' '), /ended after 6 attempts; it is queued anew/);
  assert.equal(retry.command, `tidegate task retry ${task.id}`);
  assert.equal(retry.path, `/api/v1/tasks/${task.id}/retry`);
  assert.match(cancelChange({ ...task, state: 'queued' }).words.join(' '), /will not be delivered/);
  const running = cancelChange({ ...task, state: 'running' });
  assert.match(running.words.join(' '), /delivery is broken off/);
  assert.equal(running.path, `/api/v1/tasks/${task.id}/cancel`);
});
