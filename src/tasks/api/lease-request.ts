import { validateHeaderName, validateHeaderValue } from 'node:http';
import { parseDuration } from '../../kit/duration.ts';
import type { Result } from '../store/finish.ts';
import type { Json } from './read-json.ts';

/** What a worker that leases says, understood; what it got wrong is collected in `errors`, a sentence each. */
export interface LeaseWishes {
  readonly most: number;
  readonly waitMs: number;
  /** Null: as long as the task says. */
  readonly forMs: number | null;
}

/** What may be said to each; anything else is a mistake that would go unnoticed. */
const KNOWN = {
  lease: ['max', 'wait', 'for'],
  extend: ['lease', 'for'],
  complete: ['lease', 'status', 'headers', 'body', 'encoding'],
  fail: ['lease', 'error', 'retry'],
} as const;

const MOST_TASKS = 100;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_LEASE_MS = 86_400_000;

export function refuseUnknown(json: Json, said: keyof typeof KNOWN, errors: string[]): void {
  const known: readonly string[] = KNOWN[said];
  const unknown = Object.keys(json).filter((key) => !known.includes(key));
  const most = unknown.slice(0, MOST_NAMED).map((key) => JSON.stringify(key.slice(0, 60)));
  const are = unknown.length === 1 ? 'is' : 'are';
  if (most.length > 0)
    errors.push(`${most.join(', ')} ${are} not known; there are ${known.join(', ')}.`);
}

export function leaseWishesOf(json: Json, errors: string[]): LeaseWishes {
  const { max = 1, wait = '0s' } = json;
  const isNumber =
    typeof max === 'number' && Number.isInteger(max) && max >= 1 && max <= MOST_TASKS;
  if (!isNumber) errors.push(`max must be a whole number from 1 to ${MOST_TASKS}.`);
  const waitMs = typeof wait === 'string' ? parseDuration(wait) : undefined;
  if (waitMs === undefined) errors.push('wait must be a time, as in "20s".');
  return {
    most: isNumber ? max : 1,
    waitMs: Math.min(waitMs ?? 0, LONGEST_WAIT_MS),
    forMs: leaseMsOf(json, errors),
  };
}

/** How long a lease lasts, ms; null: as long as the task says. */
export function leaseMsOf({ for: given }: Json, errors: string[]): number | null {
  if (given === undefined) return null;
  const forMs = typeof given === 'string' ? parseDuration(given) : undefined;
  if (forMs === undefined || forMs < 1 || forMs > LONGEST_LEASE_MS) {
    errors.push('for must be a time from 1ms to 1d, as in "1m".');
    return null;
  }
  return forMs;
}

export function leaseOf({ lease }: Json, errors: string[]): string {
  if (typeof lease === 'string' && /^[0-9a-f]{32}$/.test(lease)) return lease;
  errors.push('lease must be the one that came with the task.');
  return '';
}

export interface Failure {
  readonly error: string;
  readonly retry: boolean;
}

export function failureOf(
  { error = 'The worker said that it failed.', retry = true }: Json,
  errors: string[],
): Failure {
  const text = typeof error === 'string' ? error : '';
  if (text !== error) errors.push('error must be text.');
  if (typeof retry !== 'boolean') errors.push('retry must be true or false.');
  // PostgreSQL holds no zeros in text.
  return { error: text.replaceAll('\0', '').slice(0, 2_000), retry: retry !== false };
}

/** What a task came to; a body above `limitBytes` is not kept, only how large it was. */
export function resultOf(json: Json, limitBytes: number, errors: string[]): Result {
  const { status = 200 } = json;
  const isSuccess =
    typeof status === 'number' && Number.isInteger(status) && status >= 200 && status < 300;
  if (!isSuccess) errors.push('status must be from 200 to 299; what went wrong is for /fail.');
  const { body, type } = bodyOf(json, errors);
  const headers = {
    ...(type === null ? {} : { 'content-type': type }),
    ...headersOf(json, errors),
  };
  return {
    status: isSuccess ? status : 200,
    headers,
    body: body.length === 0 || body.length > limitBytes ? null : body,
    bytes: body.length,
  };
}

// Private

const MOST_NAMED = 5;

function bodyOf(
  { body, encoding }: Json,
  errors: string[],
): { readonly body: Buffer; readonly type: string | null } {
  if (encoding === 'base64') {
    if (typeof body === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(body)) {
      return { body: Buffer.from(body, 'base64'), type: 'application/octet-stream' };
    }
    errors.push('body must be base64, since encoding says so.');
  } else if (![undefined, 'json', 'text', 'none'].includes(encoding as string | undefined)) {
    errors.push('encoding must be json, text, base64 or none.');
  }
  if (body === undefined || encoding === 'none' || (body === null && encoding !== 'json')) {
    return { body: Buffer.alloc(0), type: null };
  }
  if (typeof body === 'string' && encoding !== 'json') {
    return { body: Buffer.from(body), type: 'text/plain; charset=utf-8' };
  }
  return { body: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

function headersOf({ headers = {} }: Json, errors: string[]): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    errors.push('headers must be an object.');
    return {};
  }
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value as string);
      kept[name.toLowerCase()] = String(value);
    } catch {
      errors.push(`headers: ${JSON.stringify(name.slice(0, 60))} is not one that HTTP can carry.`);
    }
  }
  return kept;
}
