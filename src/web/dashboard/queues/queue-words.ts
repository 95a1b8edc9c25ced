import type { ScheduleStatus, Status } from '../../contract.ts';
import type { TaskList } from '../../task-contract.ts';
import { duration, milliseconds, size, span } from '../format.ts';
import type { Tone } from '../words.ts';

export type Queue = Status['tasks']['queues'][number];
export type Task = TaskList['tasks'][number];

/** What to call the state a queue is in, and how worrying it is. */
export function queueState({
  problem,
  waiting,
  running,
  later,
}: Pick<Queue, 'problem' | 'waiting' | 'running' | 'later'>): readonly [word: string, tone: Tone] {
  if (problem !== null) return ['behind', 'bad'];
  if (waiting > 0 && running === 0) return ['nobody at work', 'warn'];
  if (waiting > 0 || running > 0) return ['at work', 'good'];
  return later > 0 ? ['later', 'held'] : ['empty', 'held'];
}

/** `delivered to worker · to be drained in 30 s`, `fetched by words` */
export function servedBy({
  service,
  delivery,
  drainTargetMs,
}: Pick<Queue, 'service' | 'delivery' | 'drainTargetMs'>): string {
  const how = delivery === 'push' ? 'delivered to' : 'fetched by';
  const target = drainTargetMs === null ? '' : ` · to be drained in ${duration(drainTargetMs)}`;
  return `${how} ${service ?? 'workers'}${target}`;
}

/** Of all time, in one line; what never happened is left out. */
export function totalsText({
  sent,
  succeeded,
  failed,
  cancelled,
  retried,
}: Pick<Queue, 'sent' | 'succeeded' | 'failed' | 'cancelled' | 'retried'>): string {
  const counts = { sent, succeeded, failed, cancelled, retried };
  const texts = Object.entries(counts)
    .filter(([name, value]) => value > 0 || name === 'sent')
    // One that is tried again by hand and fails again has failed twice.
    .map(([name, value]) =>
      name === 'failed' ? failedText(value) : `${value.toLocaleString('en')} ${name}`,
    );
  return `of all time: ${texts.join(' · ')}`;
}

/** `0 3 * * * in Europe/Paris to default · last 20 h ago · next in 4 h` */
export function scheduleText(
  { cron, timezone, queue, lastAt, nextAt }: Omit<ScheduleStatus, 'name'>,
  now: number,
): string {
  const last = lastAt === null ? 'not sent yet' : `last ${span(now - Date.parse(lastAt))} ago`;
  const next = nextAt === null ? 'never again' : `next in ${span(Date.parse(nextAt) - now)}`;
  return `${cron} in ${timezone} to ${queue} · ${last} · ${next}`;
}

/** The service that works off this queue and no other: what waits for it waits here; null: there is none. */
export function aloneOn(
  { name, service }: Pick<Queue, 'name' | 'service'>,
  queues: readonly Pick<Queue, 'name' | 'service'>[],
): string | null {
  const shared = queues.some((other) => other.name !== name && other.service === service);
  return shared ? null : service;
}

/** Why it failed, and how often it was tried. */
export function failureOf({ error, attempt }: Pick<Task, 'error' | 'attempt'>): string {
  return `${error ?? 'It failed.'} · ${attemptText(attempt)}`;
}

/** `200 · 24 ms · 35 bytes`: what was answered, how soon, and how large it is. */
export function resultOf({
  result,
  startedAt,
  finishedAt,
}: Pick<Task, 'result' | 'startedAt' | 'finishedAt'>): string {
  const took =
    startedAt === null || finishedAt === null
      ? null
      : Date.parse(finishedAt) - Date.parse(startedAt);
  return [
    result?.status ?? 'no answer',
    took === null ? null : milliseconds(took),
    result ? size(result.bytes) : null,
  ]
    .filter((each) => each !== null)
    .join(' · ');
}

/** Since when it is worked on, until when it waits, or in which attempt it is. */
export function waitOf(
  { state, notBefore, attempt }: Pick<Task, 'state' | 'notBefore' | 'attempt'>,
  now: number,
): string {
  const tries = attempt > 1 || (attempt === 1 && state === 'queued') ? [attemptText(attempt)] : [];
  const wait = notBefore === null ? 0 : Date.parse(notBefore) - now;
  const words = state === 'running' ? 'at work' : wait > 0 ? `due in ${span(wait)}` : 'due';
  return [words, ...tries].join(' · ');
}

/** What was counted lately, per second, out of looks `{ at, total }`, the oldest first; null: one look tells nothing. */
export function perSecond(
  looks: readonly { readonly at: number; readonly total: number }[],
): number | null {
  const first = looks[0];
  const last = looks.at(-1);
  if (!first || !last || last.at <= first.at) return null;
  return Math.max(0, last.total - first.total) / ((last.at - first.at) / 1000);
}

// Private

function attemptText(attempts: number): string {
  return attempts === 1 ? 'one attempt' : `${attempts} attempts`;
}

function failedText(times: number): string {
  return times === 1 ? 'failed once' : `failed ${times.toLocaleString('en')} times`;
}
