import type { IncomingMessage } from 'node:http';
import type { QueueSpec } from '../../spec/tasks.ts';
import { completeTask } from '../store/complete.ts';
import { extendLease } from '../store/extend.ts';
import { failTask } from '../store/fail.ts';
import { TASK_ID } from '../store/show.ts';
import { unknownTask } from '../errors.ts';
import { type Answer, json } from './answer.ts';
import type { Api } from './api.ts';
import { failureOf, leaseMsOf, leaseOf, refuseUnknown, resultOf } from './lease-request.ts';
import { noteEnd } from './note-end.ts';
import { readJson } from './read-json.ts';
import { badRequest } from './refusals.ts';

/** What a worker says of a task that it has leased; null: it went before it had said it. */
export async function heedWorker(
  api: Api,
  request: IncomingMessage,
  said: 'extend' | 'complete' | 'fail',
  id: string,
): Promise<Answer | null> {
  if (!TASK_ID.test(id)) throw unknownTask(id);
  const limitBytes = said === 'complete' ? bodyLimit(api) : SMALL_BYTES;
  const read = await readJson(request, limitBytes, api.room);
  if (read.kind === 'refused') return read.answer;
  const errors: string[] = [];
  refuseUnknown(read.json, said, errors);
  const lease = leaseOf(read.json, errors);
  switch (said) {
    case 'extend': {
      const forMs = leaseMsOf(read.json, errors);
      if (errors.length > 0) return badRequest(errors);
      const until = await extendLease(api.pool, id, lease, forMs);
      return json(200, { leaseUntil: until.toISOString() });
    }
    case 'complete': {
      const result = resultOf(read.json, api.program.resultLimitBytes, errors);
      if (errors.length > 0) return badRequest(errors);
      noteEnd(api, await completeTask(api.pool, id, lease, result));
      return NOTED;
    }
    case 'fail': {
      const failure = failureOf(read.json, errors);
      if (errors.length > 0) return badRequest(errors);
      const backoffOf = (name: string): QueueSpec['backoff'] =>
        api.program.queues[name]?.backoff ?? DEFAULT_BACKOFF;
      const chance = Math.random();
      noteEnd(api, await failTask(api.pool, id, lease, { ...failure, backoffOf, chance }));
      return NOTED;
    }
  }
}

// Private

const SMALL_BYTES = 16 * 1024;
const NOTED: Answer = { status: 204, headers: {}, body: null };
/** Of a queue that is not in the configuration any more. */
const DEFAULT_BACKOFF = { leastMs: 1_000, mostMs: 600_000 };

/** As base64 a body is a third longer, as JSON in JSON it may be twice as long; and what is too long is told apart. */
function bodyLimit({ program }: Api): number {
  return 2 * program.resultLimitBytes + 64 * 1024;
}
