import { EXIT, TidegateError } from '../kit/errors.ts';
import type { Problem } from './contract.ts';

/** What an error says to the client: sentences made for people pass, anything else stays inside. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof TidegateError) {
    const errors = thrown.facts['errors'];
    return {
      ...frame(thrown.code, statusOf(thrown), thrown.message),
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(Array.isArray(errors) ? { errors: errors as unknown[] } : {}),
    };
  }
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  const known = typeof status === 'number' ? REFUSALS[status] : undefined;
  if (known) return frame(known[0], status as number, known[1]);
  return frame(
    'INTERNAL',
    500,
    'Something went wrong inside; the log of the control plane has it.',
  );
}

export function notFound(method: string): Problem {
  const detail = `Nothing answers ${method} here; the API is under /api/v1/.`;
  return frame('NOT_FOUND', 404, detail);
}

/** The problem of a status that HTTP parsing or the framework gave, without its words. */
export function problemOfStatus(status: number): Problem {
  return problemOf({ statusCode: status });
}

// Private

const REFUSALS: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['BAD_REQUEST', 'The request could not be read.'],
  404: ['NOT_FOUND', 'Nothing answers here.'],
  408: ['REQUEST_TIMEOUT', 'The request took too long to arrive.'],
  413: ['BODY_TOO_LARGE', 'The body is too large.'],
  414: ['URL_TOO_LONG', 'The URL is too long.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The body has to be application/json.'],
  431: ['HEADERS_TOO_LARGE', 'The headers are too large.'],
  503: ['CLOSING', 'The control plane is shutting down.'],
};

const STATUSES: Readonly<Record<string, number>> = {
  HOST_REFUSED: 421,
  ORIGIN_REFUSED: 403,
  UNAUTHORIZED: 401,
  CODE_REFUSED: 401,
  READS_ONLY: 403,
  KEY_REFUSED: 403,
  UNKNOWN_SERVICE: 404,
  UNKNOWN_DEPLOYMENT: 404,
  UNKNOWN_CACHE: 404,
  PURGE_NOT_TOLD: 503,
  DEPLOYMENT_UNDER_WAY: 409,
  GATEWAY_REFUSED: 422,
  TOO_MANY_STREAMS: 503,
  PAGE_NOT_BUILT: 503,
  NO_TASKS: 404,
  UNKNOWN_QUEUE: 404,
  UNKNOWN_TASK: 404,
  KEY_USED: 422,
  KEY_BUSY: 409,
  TASK_NOT_ENDED: 409,
  TASK_ENDED: 409,
  TASKS_UNREACHABLE: 503,
};

function statusOf(error: TidegateError): number {
  return STATUSES[error.code] ?? (error.exitCode === EXIT.usage ? 400 : 500);
}

function frame(code: string, status: number, detail: string): Problem {
  const slug = code.toLowerCase().replaceAll('_', '-');
  return {
    type: `urn:tidegate:problem:${slug}`,
    title: slug.replaceAll('-', ' '),
    status,
    detail,
    code,
  };
}
