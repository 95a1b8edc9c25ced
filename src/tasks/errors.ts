import { formatDuration } from '../kit/duration.ts';
import { EXIT, TidegateError } from '../kit/errors.ts';
import type { QueueSpec } from '../spec/tasks.ts';

export function schemaIsNewer(found: number, known: number): TidegateError {
  return new TidegateError(
    'TASKS_SCHEMA_NEWER',
    `The tables of the tasks are of a newer Tidegate: version ${found}, and this one knows ${known}.`,
    { hint: 'Use the newer version of Tidegate, or another database.', facts: { found, known } },
  );
}

export function unknownTask(id: string): TidegateError {
  return new TidegateError('UNKNOWN_TASK', `There is no task ${id}.`, {
    hint: 'What ended long ago is not kept: see tasks.keep and tasks.keepFailed.',
    facts: { id },
  });
}

export function taskNotEnded(id: string, state: string): TidegateError {
  return new TidegateError('TASK_NOT_ENDED', `The task ${id} is ${state}: it has not ended.`, {
    hint: 'Cancel it first, or wait until it has ended.',
    facts: { id, state },
  });
}

export function taskEnded(id: string, state: string): TidegateError {
  return new TidegateError('TASK_ENDED', `The task ${id} has ended: it is ${state}.`, {
    facts: { id, state },
  });
}

export function badWebhookSecret(leastBytes: number): TidegateError {
  return new TidegateError(
    'BAD_WEBHOOK_SECRET',
    `The secret that signs callbacks has less than ${leastBytes} bytes, or is no base64 behind whsec_.`,
    { hint: 'Make one with `echo whsec_$(openssl rand -base64 32)`.' },
  );
}

export function callbackRefused(host: string, address: string): TidegateError {
  return new TidegateError(
    'CALLBACK_REFUSED',
    `${host} is at ${address}, where callbacks are not sent to.`,
    { hint: 'tasks.privateCallbacks allows addresses of this machine and of private networks.' },
  );
}

export function leaseLost(id: string): TidegateError {
  return new TidegateError('LEASE_LOST', `The task ${id} is not held with this lease any more.`, {
    hint: 'Drop what was done: the task was given to another, has ended or was cancelled.',
    facts: { id },
  });
}

export function tasksUnreachable(cause: unknown): TidegateError {
  return new TidegateError(
    'TASKS_UNREACHABLE',
    'The PostgreSQL that holds the tasks does not answer.',
    { hint: 'Nothing was changed. Try again when it is back.', cause },
  );
}

export function unknownQueue(queue: string, known: readonly string[]): TidegateError {
  return new TidegateError('UNKNOWN_QUEUE', `There is no queue named ${JSON.stringify(queue)}.`, {
    hint: `The queues are: ${known.join(', ')}.`,
    exitCode: EXIT.usage,
    facts: { queue, known },
  });
}

/** `why` is a sentence. */
export function badCallback(why: string): TidegateError {
  return new TidegateError('BAD_CALLBACK', why, {
    hint: 'tasks.callbacks lists the hosts that may be told.',
    exitCode: EXIT.usage,
  });
}

export function badKey(): TidegateError {
  return new TidegateError('BAD_KEY', 'The key of a task is 1 to 255 visible characters.', {
    hint: 'Choose one that the same task has each time: order-4711.',
    exitCode: EXIT.usage,
  });
}

export function keyUsed(): TidegateError {
  return new TidegateError('KEY_USED', 'Another task was sent with this key.', {
    hint: 'Only the same task, with the same body, may be sent again with it.',
    exitCode: EXIT.usage,
  });
}

export function keyBusy(): TidegateError {
  return new TidegateError('KEY_BUSY', 'A task with this key is being sent at this moment.', {
    hint: 'Send it again in a second.',
  });
}

export function timeoutTooLong({ name, timeoutMs }: QueueSpec): TidegateError {
  return new TidegateError(
    'TIMEOUT_TOO_LONG',
    `A delivery of the queue ${name} may take ${formatDuration(timeoutMs)} at most.`,
    { hint: `tasks.queues.${name}.timeout says how long.`, exitCode: EXIT.usage },
  );
}
