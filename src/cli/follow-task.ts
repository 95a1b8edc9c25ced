import { setTimeout as delay } from 'node:timers/promises';
import { EXIT } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { TaskView } from '../tasks/task.ts';
import type { Client } from '../web/client.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';
import { eventLine, hasEnded, headLine, resultLines, taskEvents } from './task-text.ts';

export interface FollowTaskOptions {
  readonly json: boolean;
  /** Whether `--json` writes every change, or the end alone. */
  readonly changes: boolean;
  /** At most; null: until it has ended. */
  readonly waitMs: number | null;
}

const POLL_MS = 250;

/** Shows what happens to a task until it has ended, and its result; returns the exit code, 1 where it did not succeed. */
export async function followTask(
  client: Pick<Client, 'task'>,
  begun: TaskView,
  { json, changes, waitMs }: FollowTaskOptions,
  io: Io,
): Promise<number> {
  const style = paint(io.colour);
  const until = waitMs === null ? Infinity : Date.now() + waitMs;
  const tell = teller(io, json, changes);
  if (!json) io.out(headLine(begun, style));
  let seen = begun;
  for (tell(seen); !hasEnded(seen); tell(seen)) {
    const leftMs = until - Date.now();
    if (leftMs <= 0) break;
    await delay(Math.min(POLL_MS, leftMs));
    seen = await client.task(begun.id);
  }
  if (json && !changes) io.out(JSON.stringify(seen));
  if (!json) for (const line of resultLines(seen.result, style)) io.out(line);
  if (hasEnded(seen)) return seen.state === 'succeeded' ? EXIT.done : EXIT.failed;
  io.err(`It has not ended within ${humanDuration(waitMs ?? 0)}, and goes on.`);
  io.err(`→ See \`tidegate task show ${seen.id} --follow\`.`);
  return EXIT.failed;
}

// Private

/** Tells what is new in each view of a task. */
function teller(io: Io, json: boolean, changes: boolean): (task: TaskView) => void {
  const style = paint(io.colour);
  const told = new Set<string>();
  const once = (key: string, line: string): void => {
    if (!told.has(key)) io.out(line);
    told.add(key);
  };
  if (json) {
    return (task) => {
      const text = JSON.stringify(task);
      if (changes) once(text, text);
    };
  }
  return (task) => {
    const now = Date.now();
    const { state, startedAt, attempt } = task;
    for (const event of taskEvents(task, style)) {
      once(`${event.at} ${event.text}`, eventLine(event, style, now));
    }
    if (state !== 'running' || startedAt === null) return;
    const begins = { at: Date.parse(startedAt), text: `attempt ${attempt} begins` };
    once(`begin ${attempt}`, eventLine(begins, style, now));
  };
}
