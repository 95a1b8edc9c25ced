import type { IncomingMessage, ServerResponse } from 'node:http';
import { TAKEN_AT_ONCE } from '../../spec/tasks-program.ts';
import { bodyView } from '../body-view.ts';
import { expireLeases } from '../store/expire-leases.ts';
import { type LeasedTask, leaseTasks } from '../store/lease.ts';
import { unlease } from '../store/unlease.ts';
import { type Answer, json, problem } from './answer.ts';
import type { Api } from './api.ts';
import { leaseWishesOf, refuseUnknown } from './lease-request.ts';
import { noteEnd } from './note-end.ts';
import { readJson } from './read-json.ts';
import { badRequest, tooManyWait, unknownQueue } from './refusals.ts';

/** Gives tasks of a queue to a worker, once there are some; null: it went. */
export async function lease(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<Answer | null> {
  const queue = Object.hasOwn(api.program.queues, name) ? api.program.queues[name] : undefined;
  if (!queue) return unknownQueue(name);
  if (queue.delivery !== 'pull') {
    const detail = `Tasks of the queue ${name} are delivered to ${queue.service}: nobody leases them.`;
    return problem(409, 'NOT_A_PULL_QUEUE', detail);
  }
  const read = await readJson(request, REQUEST_BYTES, api.room);
  if (read.kind === 'refused') return read.answer;
  const errors: string[] = [];
  refuseUnknown(read.json, 'lease', errors);
  const { most, waitMs, forMs } = leaseWishesOf(read.json, errors);
  if (errors.length > 0) return badRequest(errors);
  if (api.line.size() >= MOST_WAITING) return tooManyWait();

  const { concurrency } = queue;
  const take = async (): Promise<readonly LeasedTask[]> => {
    for (const each of await expireLeases(api.pool)) noteEnd(api, each);
    return leaseTasks(api.pool, { queue: name, most, forMs, concurrency });
  };
  const signal = api.patience.of(response);
  const tasks = await api.line.wait(name, take, waitMs, signal);
  if (response.destroyed && tasks.length > 0) {
    await unlease(
      api.pool,
      tasks.map((task) => task.lease),
    );
    api.line.wake([name]);
    return null;
  }
  return json(200, { tasks: tasks.map(leasedView) });
}

// Private

const REQUEST_BYTES = 16 * 1024;
/** Beside those who wait for a task to end. */
const MOST_WAITING = 0.3 * TAKEN_AT_ONCE;

function leasedView({ leaseUntil, headers, body, ...rest }: LeasedTask): object {
  return { ...rest, leaseUntil: leaseUntil.toISOString(), headers, ...bodyView(body, headers) };
}
