import type { ServerResponse } from 'node:http';
import { SECOND } from '../../kit/clock.ts';
import { type TaskRow, taskView } from '../task-view.ts';
import type { Answer } from './answer.ts';
import type { Api } from './api.ts';
import { tooManyWait } from './refusals.ts';
import { hasEnded } from './result.ts';

/**
 * Answers with an event for the task as it is and one for each change, until it has ended; null: that was answered.
 * A client that takes nothing gets no more until it does, and then the newest.
 */
export async function streamTask(
  api: Api,
  response: ServerResponse,
  id: string,
  look: () => Promise<TaskRow>,
): Promise<Answer | null> {
  const signal = api.patience.of(response);
  let changed = Promise.withResolvers<void>();
  const tell = (): void => changed.resolve();
  const stop = api.watch.add(id, tell);
  if (!stop) return tooManyWait();
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    // Who may not see it gets an answer like any other.
    let row = await look();
    response.writeHead(200, HEADERS);
    heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
    signal.addEventListener('abort', tell);
    for (let shown = ''; ; row = await look()) {
      const data = JSON.stringify(taskView(row));
      if (data !== shown) await write(response, `event: task\ndata: ${data}\n\n`, signal);
      shown = data;
      if (signal.aborted || hasEnded(row)) break;
      await changed.promise;
      if (signal.aborted) break;
      changed = Promise.withResolvers();
    }
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    // Nothing but its end can be said any more; clients of event streams come again.
    api.outage.answer(thrown);
  } finally {
    stop();
    clearInterval(heartbeat);
    signal.removeEventListener('abort', tell);
  }
  response.end();
  return null;
}

// Private

const HEARTBEAT_MS = 15 * SECOND;
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // It may end because we do, and nothing is asked there any more.
  connection: 'close',
} as const;

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
