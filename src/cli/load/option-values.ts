import { readFileSync } from 'node:fs';
import { parseDuration } from '../../kit/duration.ts';
import { EXIT, TidegateError, messageOf } from '../../kit/errors.ts';

export function badOption(problem: string): TidegateError {
  return new TidegateError('BAD_OPTION', problem, {
    hint: 'See `tidegate load --help` and docs/load.md.',
    exitCode: EXIT.usage,
  });
}

/** @throws TidegateError BAD_OPTION */
export function fileOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw badOption(`${option} ${path} cannot be read: ${messageOf(thrown)}`);
  }
}

/** As long as a load may be; a timer of more than 24 days would go off at once. */
const LONGEST_MS = 86_400_000;

/** Milliseconds, at most a day. @throws TidegateError BAD_OPTION */
export function spanOf(option: string, text: string): number {
  const spanMs = parseDuration(text);
  if (spanMs === undefined || (spanMs === 0 && option !== '--ramp' && option !== '--think'))
    throw badOption(`${option} '${text}' is no time such as 30s or 1m`);
  if (spanMs > LONGEST_MS) throw badOption(`${option} '${text}' is longer than a day`);
  return spanMs;
}

/** Above 0. @throws TidegateError BAD_OPTION */
export function numberOf(option: string, text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(number > 0)) throw badOption(`${option} '${text}' is not a number above 0`);
  return number;
}

/** Above 0. @throws TidegateError BAD_OPTION */
export function wholeOf(option: string, text: string): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw badOption(`${option} '${text}' is not a whole number above 0`);
  return number;
}
