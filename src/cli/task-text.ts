import { humanBytes } from '../kit/bytes.ts';
import { humanDuration } from '../kit/duration.ts';
import type { AttemptView, CallbackView, ResultView, TaskState, TaskView } from '../tasks/task.ts';
import { FINAL_STATES } from '../tasks/task.ts';
import { bodyLines } from './body-text.ts';
import { momentText } from './explanation.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';
import { requestLines } from './request-text.ts';

/** Something that happened to a task, and stays as it is. */
export interface TaskEvent {
  readonly at: number;
  readonly text: string;
}

export function hasEnded({ state }: Pick<TaskView, 'state'>): boolean {
  return FINAL_STATES.some((each) => each === state);
}

/** What is told of a task by itself: what it is, what happened to it, what comes next, what it carries, and its result. */
export function taskLines(task: TaskView, style: Paint, now: number): readonly string[] {
  return [
    headLine(task, style),
    style.dim(termsText(task)),
    '',
    ...taskEvents(task, style).map((event) => eventLine(event, style, now)),
    ...nextLines(task, now),
    ...requestLines(task.request, style),
    ...resultLines(task.result, style),
  ];
}

/** `'5f0c…  failed  default  POST /run'` */
export function headLine({ id, state, queue, method, path }: TaskView, style: Paint): string {
  return `${style.bold(id)}  ${stateText(state, style)}  ${queue}  ${method} ${oneLine(path)}`;
}

export function stateText(state: TaskState, style: Paint): string {
  const colours = {
    queued: style.dim,
    running: style.cyan,
    succeeded: style.green,
    failed: style.red,
    cancelled: style.yellow,
  };
  return colours[state](state);
}

/** The oldest first. */
export function taskEvents(task: TaskView, style: Paint): readonly TaskEvent[] {
  const { createdAt, attempts } = task;
  return [
    { at: Date.parse(createdAt), text: 'sent' },
    ...attempts.map((attempt) => ({
      at: Date.parse(attempt.endedAt),
      text: attemptText(attempt, style),
    })),
    ...endEvents(task, style),
  ];
}

export function eventLine({ at, text }: TaskEvent, style: Paint, now: number): string {
  return `${style.dim(momentText(at, now))}  ${text}`;
}

/** The status and the body, as far as it can be shown. */
export function resultLines(result: ResultView | null, style: Paint): readonly string[] {
  if (result === null) return [];
  const { status, headers, encoding, bytes } = result;
  const type = headers['content-type'];
  const about = [`result ${status}`, ...(type ? [oneLine(type)] : []), humanBytes(bytes)];
  const head = ['', style.bold(about.join(', '))];
  if (encoding === 'none') return bytes > 0 ? [...head, 'It was too large to be kept.'] : head;
  return [...head, ...bodyLines(result)];
}

// Private

function termsText({ retries, timeoutMs, priority }: TaskView): string {
  const terms = [`up to ${retries} ${retries === 1 ? 'retry' : 'retries'}`];
  terms.push(`${humanDuration(timeoutMs)} each`);
  if (priority !== 0) terms.push(`priority ${priority}`);
  return terms.join(', ');
}

function attemptText(attempt: AttemptView, style: Paint): string {
  const { number, startedAt, endedAt, outcome, error } = attempt;
  const took = tookText(startedAt, endedAt);
  const what = {
    failed: style.red(`attempt ${number} failed after ${took}`),
    postponed: style.yellow(`attempt ${number} was put off by the service after ${took}`),
    interrupted: style.yellow(`attempt ${number} was cut short after ${took} and does not count`),
  };
  return `${what[outcome]}: ${oneLine(error)}`;
}

function endEvents(task: TaskView, style: Paint): readonly TaskEvent[] {
  const { state, attempt, startedAt, finishedAt, error, callback, result } = task;
  if (finishedAt === null || !hasEnded(task)) return [];
  const took = startedAt === null ? '' : ` after ${tookText(startedAt, finishedAt)}`;
  const texts = {
    succeeded: style.green(
      `attempt ${attempt} succeeded${took}${result ? `: ${result.status}` : ''}`,
    ),
    failed: style.red(`failed for good${error === null ? '' : `: ${oneLine(error)}`}`),
    cancelled: style.yellow('cancelled'),
  };
  const at = Date.parse(finishedAt);
  const end = { at, text: texts[state as keyof typeof texts] };
  return callback === null ? [end] : [end, { at, text: callbackText(callback, style) }];
}

function callbackText({ url, state, attempts, error }: CallbackView, style: Paint): string {
  const to = oneLine(url);
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const why = error === null ? '' : `: ${oneLine(error)}`;
  if (state === 'delivered') return style.green(`callback to ${to} delivered with ${tries}`);
  if (state === 'failed') return style.red(`callback to ${to} given up after ${tries}${why}`);
  const lately = attempts === 0 ? '' : style.yellow(`, ${tries} in vain${why}`);
  return `callback to ${to} waits${lately}`;
}

/** What the task waits for, or what can be done. */
function nextLines(task: TaskView, now: number): readonly string[] {
  const { id, state, attempt, startedAt, notBefore, timeoutMs } = task;
  if (state === 'running') {
    const since = startedAt === null ? now : Date.parse(startedAt);
    const soFar = humanDuration(Math.max(0, now - since));
    return [`next: attempt ${attempt} is under way for ${soFar}, of ${humanDuration(timeoutMs)}`];
  }
  if (state === 'queued') {
    const dueMs = notBefore === null ? 0 : Date.parse(notBefore) - now;
    if (dueMs <= 0) return [`next: attempt ${attempt + 1}, as soon as there is room`];
    const when = momentText(now + dueMs, now);
    return [`next: attempt ${attempt + 1} in ${humanDuration(dueMs)}, at ${when}`];
  }
  if (state === 'succeeded') return [];
  return [`next: nothing; \`tidegate task retry ${id}\` queues it once more`];
}

function tookText(from: string, to: string): string {
  return humanDuration(Math.max(0, Date.parse(to) - Date.parse(from)));
}
