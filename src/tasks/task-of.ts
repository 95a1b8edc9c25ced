import type { QueueSpec } from '../spec/tasks.ts';
import { idempotencyOf, readKey } from './api/idempotency.ts';
import type { NewTask } from './books.ts';
import { callbackAllowed } from './callbacks/allowed.ts';
import { badCallback, badKey, timeoutTooLong } from './errors.ts';
import type { UnwrittenTask } from './new-task.ts';
import { newTask } from './new-task.ts';

/**
 * What is written of a task that a person of this machine sends. With a key it is the same as the one that a client
 * without a token sends to the gateway. @throws TidegateError TIMEOUT_TOO_LONG, BAD_CALLBACK, BAD_KEY
 */
export function taskOf(task: NewTask, queue: QueueSpec, hosts: readonly string[]): UnwrittenTask {
  const { body, contentType, queue: _, key: given, ...wishes } = task;
  if ((wishes.timeoutMs ?? 0) > queue.timeoutMs) throw timeoutTooLong(queue);
  const refusal = wishes.callback === undefined ? null : callbackAllowed(wishes.callback, hosts);
  if (refusal !== null) throw badCallback(refusal);
  const key = given === undefined ? undefined : readKey(given);
  if (key === null) throw badKey();
  const scope = { sender: null, queue: queue.name };
  const content = { headers: { 'content-type': contentType }, body };
  const request = { method: 'POST', path: queue.path, contentType, body };
  const idempotency = key === undefined ? null : idempotencyOf(key, scope, request);
  return newTask(queue, { ...content, idempotency }, wishes);
}
