import { parseDuration } from '../kit/duration.ts';
import { usage } from './errors.ts';

/**
 * A moment as people name it, in ms since the epoch: `'10m'` (ago), `'14:30'` or `'14:30:05'` (the latest such time, local),
 * or ISO 8601. @throws TidegateError BAD_TIME
 */
export function momentOf(text: string, now: number): number {
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return now - agoMs;
  const time = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (time) {
    const day = new Date(now);
    day.setHours(Number(time[1]), Number(time[2]), Number(time[3] ?? 0), 0);
    if (day.getTime() > now) day.setDate(day.getDate() - 1);
    return day.getTime();
  }
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw usage(
    'BAD_TIME',
    `${JSON.stringify(text)} is no time.`,
    "Write '10m' for ten minutes ago, '14:30', or '2026-03-01T14:30:00Z'.",
  );
}

/** A whole number above zero given to an option. @throws TidegateError NOT_A_NUMBER */
export function countOf(option: string, text: string, most = 99_999): number {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= most) return Number(text);
  throw usage(
    'NOT_A_NUMBER',
    `${option} takes a whole number from 1 to ${most}, not ${JSON.stringify(text)}.`,
    'Leave it out for the default.',
  );
}

/** Milliseconds given to an option as people write them. @throws TidegateError BAD_DURATION */
export function durationOf(option: string, text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw usage(
    'BAD_DURATION',
    `${option} takes a length of time, not ${JSON.stringify(text)}.`,
    "Write '250ms', '30s', '10m', '1.5h' or '7d'.",
  );
}

/** A whole number given to an option, below zero too. @throws TidegateError NOT_A_NUMBER */
export function wholeNumberOf(option: string, text: string, least: number, most: number): number {
  const value = /^[+-]?\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usage(
    'NOT_A_NUMBER',
    `${option} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
    'Leave it out for the default.',
  );
}
