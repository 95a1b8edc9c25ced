import { STATUS_CODES } from 'node:http';
import type { PlannedPart } from '../spec/aggregate-plan.ts';
import { cachingOf } from './caching.ts';
import type { Outcome } from './part.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client has to know of a required part: that it may not see it, that it is not there, that it asked too often. */
const PASSED_ON: readonly number[] = [401, 403, 404, 429, 504];

/**
 * The answer as far as its parts are known; null while one that matters is not. A required part that failed decides at
 * once: of several, the first of the file.
 */
export function answerOf(
  parts: readonly PlannedPart[],
  outcomes: readonly (Outcome | undefined)[],
): Answer | null {
  const failed = parts.flatMap((part, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === 'failed' ? [{ part, outcome }] : [];
  });
  const named = failed.map(({ part, outcome: { status, detail } }) => ({
    part: part.name,
    status,
    detail,
  }));
  const decides = failed.find(({ part }) => !part.optional);
  if (decides) {
    const { part, outcome } = decides;
    const status = PASSED_ON.includes(outcome.status) ? outcome.status : 502;
    const detail = `The part ${part.name} ${outcome.detail}.`;
    return problem(status, detail, { failed: named }, passedOn(status, outcome));
  }
  if (parts.some((_, index) => outcomes[index] === undefined)) return null;
  const caching =
    failed.length > 0
      ? { cacheControl: 'no-store', vary: null }
      : cachingOf(outcomes.flatMap((each) => (each ? [each.headers] : [])));
  const members = parts.map(({ name }, index) => {
    const outcome = outcomes[index];
    return `${JSON.stringify(name)}:${outcome?.kind === 'answered' ? outcome.json : 'null'}`;
  });
  if (named.length > 0) members.push(`"failed":${JSON.stringify(named)}`);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': caching.cacheControl,
      ...(caching.vary !== null && { vary: caching.vary }),
    },
    body: `{${members.join(',')}}`,
  };
}

/** An error as problem+json (RFC 9457). */
export function problem(
  status: number,
  detail: string,
  more: object = {},
  headers: Answer['headers'] = {},
): Answer {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail, ...more };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

// Private

function passedOn(status: number, { headers }: Outcome): Answer['headers'] {
  const challenge = headers['www-authenticate'];
  const retryAfter = headers['retry-after'];
  return {
    ...(status === 401 && challenge !== undefined && { 'www-authenticate': challenge }),
    ...(status === 429 && retryAfter !== undefined && { 'retry-after': retryAfter }),
  };
}
