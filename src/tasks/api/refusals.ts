import { formatBytes } from '../../kit/bytes.ts';
import { type Answer, problem } from './answer.ts';

export function unknownQueue(name: string): Answer {
  return problem(404, 'UNKNOWN_QUEUE', `There is no queue ${JSON.stringify(name.slice(0, 100))}.`);
}

export function badRequest(errors: readonly string[]): Answer {
  return problem(400, 'BAD_REQUEST', errors.join(' '), { errors });
}

export function bodyTooLarge(limitBytes: number): Answer {
  return problem(413, 'BODY_TOO_LARGE', `The body is above ${formatBytes(limitBytes)}.`);
}

export function headersTooLarge(): Answer {
  const detail = 'The headers leave no room for those of a delivery: 14 kB and 90 lines at most.';
  return problem(431, 'HEADERS_TOO_LARGE', detail);
}

export function tooBusy(): Answer {
  return problem(503, 'TASKS_BUSY', 'Too much is being taken at the moment.', SOON);
}

export function tooManyWait(): Answer {
  return problem(503, 'TOO_MANY_WAIT', 'Too many requests are waiting already.', SOON);
}

export function notThere(): Answer {
  return problem(404, 'NOT_FOUND', 'Nothing answers here.');
}

export function methodNotAllowed(allow: string): Answer {
  const headers = { allow };
  return problem(405, 'METHOD_NOT_ALLOWED', `Only ${allow} is answered here.`, { headers });
}

export function notCancelledHere(allow: string): Answer {
  const detail =
    'Senders cannot cancel: `tidegate task cancel ID` does, or POST /api/v1/tasks/ID/cancel of the admin API.';
  return problem(405, 'METHOD_NOT_ALLOWED', detail, { headers: { allow } });
}

// Private

const SOON = { headers: { 'retry-after': '1' } } as const;
