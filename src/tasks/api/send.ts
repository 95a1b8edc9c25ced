import type { IncomingMessage, ServerResponse } from 'node:http';
import type { QueueSpec } from '../../spec/tasks.ts';
import { newTask, type UnwrittenTask } from '../new-task.ts';
import { readTask, showTask } from '../store/show.ts';
import type { TaskRow } from '../task-view.ts';
import { taskView } from '../task-view.ts';
import type { TaskView } from '../task.ts';
import { type Answer, json, problem } from './answer.ts';
import type { Api } from './api.ts';
import { idempotencyOf, readKey } from './idempotency.ts';
import { canBeDelivered, keptHeaders } from './kept-headers.ts';
import { readOptions } from './options.ts';
import { preferredWaitMs } from './prefer.ts';
import { readBody } from './read-body.ts';
import { badRequest, bodyTooLarge, headersTooLarge, tooBusy } from './refusals.ts';
import { hasEnded, resultAnswer } from './result.ts';
import { prefixOf } from './route.ts';
import { senderOf } from './sender.ts';
import { waitFor } from './wait.ts';

export interface Sending {
  readonly queue: QueueSpec;
  /** The request itself is the task; else its body alone is, sent to a queue. */
  readonly whole: boolean;
  readonly limitBytes: number;
}

/** Takes a task; answers once it is committed, and null when the client went before it had sent it. */
export async function send(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  sending: Sending,
): Promise<Answer | null> {
  // Its body is let go before it is waited for: thousands may wait.
  const taken = await receive(api, request, sending);
  if (taken === null || 'status' in taken) return taken;
  return await answerTaken(api, request, response, taken);
}

// Private

interface Taken {
  readonly task: TaskView;
  readonly replayed: boolean;
}

async function receive(
  api: Api,
  request: IncomingMessage,
  sending: Sending,
): Promise<Taken | Answer | null> {
  const { headers } = request;
  const options = readOptions(headers, {
    hosts: api.program.callbacks.hosts,
    timeoutMs: sending.queue.timeoutMs,
  });
  const keyGiven = headers['idempotency-key'];
  const key = keyGiven === undefined ? undefined : readKey(String(keyGiven));
  const errors = options.kind === 'refused' ? [...options.errors] : [];
  if (key === null) errors.push('Idempotency-Key must be 1 to 255 visible characters.');
  if (options.kind === 'refused' || key === null) return badRequest(errors);
  const kept = keptHeaders(headers, { withHost: sending.whole });
  const target = targetOf(request, sending);
  if (!canBeDelivered(target.path, kept)) return headersTooLarge();

  const read = await readBody(request, sending.limitBytes, api.room);
  if (read.kind === 'gone') return null;
  if (read.kind === 'too-large') return bodyTooLarge(sending.limitBytes);
  if (read.kind === 'no-room') return tooBusy();
  const { body } = read;
  const { queue } = sending;
  const sender = senderOf(headers);
  const contentType = headers['content-type'] ?? '';
  const idempotency =
    key === undefined
      ? null
      : idempotencyOf(key, { sender, queue: queue.name }, { ...target, contentType, body });
  const content = { target, headers: kept, body, sender, idempotency };
  const task = newTask(queue, content, options.wishes);
  return await take(api, task).finally(() => read.release());
}

function targetOf(
  { method = 'POST', url = '/' }: IncomingMessage,
  { queue, whole }: Sending,
): { readonly method: string; readonly path: string } {
  return whole ? { method, path: url } : { method: 'POST', path: queue.path };
}

async function take(api: Api, task: UnwrittenTask): Promise<Taken | Answer> {
  const sent = await api.writer.write(task);
  switch (sent.kind) {
    case 'written':
      api.tally.sent(api.clock.now(), task.queue);
      return { task: sent.task, replayed: false };
    case 'replayed':
      return { task: await showTask(api.pool, sent.id), replayed: true };
    case 'key-used':
      return problem(
        422,
        'IDEMPOTENCY_KEY_USED',
        'This Idempotency-Key was used for another request.',
      );
    case 'not-yet':
      return problem(
        409,
        'IDEMPOTENCY_KEY_BUSY',
        'A request with this Idempotency-Key is being taken.',
        {
          headers: { 'retry-after': '1' },
        },
      );
  }
}

async function answerTaken(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  { task, replayed }: Taken,
): Promise<Answer> {
  const { prefer } = request.headers;
  const waitMs = preferredWaitMs(typeof prefer === 'string' ? prefer : prefer?.[0]);
  const row = waitMs === null || waitMs === 0 ? null : await waited(api, response, task.id, waitMs);
  const applied = row === null ? '' : `wait=${(waitMs ?? 0) / 1_000}`;
  const about = { 'task-id': task.id, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) };
  const result = row && resultAnswer(row);
  if (result) {
    return { ...result, headers: { ...result.headers, ...about, 'preference-applied': applied } };
  }
  return json(202, row ? taskView(row) : task, {
    location: `${prefixOf(api.program.path)}${task.id}`,
    'preference-applied': ['respond-async', applied].filter(Boolean).join(', '),
    ...about,
  });
}

/** The task as it is when it has ended, or after `forMs`; null: that cannot be said, but it is taken all the same. */
async function waited(
  api: Api,
  response: ServerResponse,
  id: string,
  forMs: number,
): Promise<TaskRow | null> {
  const look = (): Promise<TaskRow> => readTask(api.pool, id);
  const signal = api.patience.of(response);
  try {
    const seen = await waitFor({ watch: api.watch, id, forMs, signal, look, isOver: hasEnded });
    return seen.kind === 'seen' ? seen.value : null;
  } catch (thrown) {
    api.outage.answer(thrown);
    return null;
  }
}
