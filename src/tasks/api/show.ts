import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseDuration } from '../../kit/duration.ts';
import { unknownTask } from '../errors.ts';
import { readRequest } from '../store/read-request.ts';
import { readTask } from '../store/show.ts';
import { type TaskRow, taskView } from '../task-view.ts';
import { type Answer, json } from './answer.ts';
import type { Api } from './api.ts';
import { streamTask } from './stream.ts';
import { LONGEST_WAIT_MS } from './prefer.ts';
import { badRequest, tooManyWait } from './refusals.ts';
import { hasEnded, noResult, shownResult } from './result.ts';
import { mayLook, senderOf } from './sender.ts';
import { waitFor } from './wait.ts';

/** Shows a task to whoever sent it: at once, after a wait, or each of its changes; null: it has been answered. */
export async function show(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<Answer | null> {
  const look = lookerOf(api, request, id);
  if (request.method === 'GET' && wantsEvents(request)) {
    return await streamTask(api, response, id, look);
  }
  const waitMs = waitMsOf(request.url ?? '');
  if (waitMs === null) return badRequest(['wait must be a time, as in ?wait=30s.']);
  const shown = async (row: TaskRow): Promise<Answer> =>
    json(200, { ...taskView(row), request: await readRequest(api.pool, id, 'sender') });
  if (waitMs === 0) return shown(await look());
  const signal = api.patience.of(response);
  const { watch } = api;
  const seen = await waitFor({ watch, id, forMs: waitMs, signal, look, isOver: hasEnded });
  return seen.kind === 'seen' ? await shown(seen.value) : tooManyWait();
}

/** Answers what the service answered. */
export async function showResult(api: Api, request: IncomingMessage, id: string): Promise<Answer> {
  const row = await lookerOf(api, request, id)();
  return shownResult(row) ?? noResult(row);
}

// Private

/** Reads a task; what another has sent is unknown. */
function lookerOf(api: Api, request: IncomingMessage, id: string): () => Promise<TaskRow> {
  const asker = senderOf(request.headers);
  return async () => {
    const row = await readTask(api.pool, id);
    if (!mayLook(row.identity, asker)) throw unknownTask(id);
    return row;
  };
}

function wantsEvents({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*text\/event-stream\b/i.test(headers.accept ?? '');
}

/** `?wait=30s` or `?wait=30`, at most a minute; null: it cannot be understood. */
function waitMsOf(url: string): number | null {
  const given = new URLSearchParams(url.split('?')[1] ?? '').get('wait');
  if (given === null) return 0;
  const waitMs = /^\d{1,9}$/.test(given) ? Number(given) * 1_000 : parseDuration(given);
  return waitMs === undefined ? null : Math.min(waitMs, LONGEST_WAIT_MS);
}
