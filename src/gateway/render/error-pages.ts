/** Errors HAProxy makes itself, as problem+json (RFC 9457). What it can say is fixed: it knows no more at that point. */
const PAGES: readonly (readonly [status: number, title: string, detail: string])[] = [
  [400, 'Bad Request', 'The request could not be understood.'],
  [401, 'Unauthorized', 'A valid token is needed.'],
  [403, 'Forbidden', 'The gateway refused the request.'],
  [404, 'Not Found', 'No route of the gateway matches the request.'],
  [405, 'Method Not Allowed', 'The gateway passes no request with this method.'],
  [408, 'Request Timeout', 'The request took too long to arrive.'],
  [413, 'Content Too Large', 'The body is larger than the route allows.'],
  [429, 'Too Many Requests', 'The limit of this route is reached.'],
  [500, 'Internal Server Error', 'The gateway could not handle the request.'],
  [502, 'Bad Gateway', 'The service gave no valid response.'],
  [503, 'Service Unavailable', 'No replica of the service could take the request.'],
  [504, 'Gateway Timeout', 'The service did not answer in time.'],
];

/** Statuses a client may try again soon, in seconds. */
const RETRY_AFTER_S: Readonly<Record<number, number>> = { 429: 1, 503: 1 };

/** The body of an error with one of the statuses above; `detail` holds no quote. */
export function errorBody(status: number, detail: string): string {
  const title = PAGES.find(([known]) => known === status)?.[1];
  return JSON.stringify({ type: 'about:blank', title, status, detail });
}

export function errorPageLines(): readonly string[] {
  return PAGES.map(([status, , detail]) => {
    const retryAfterS = RETRY_AFTER_S[status];
    const retry = retryAfterS === undefined ? '' : ` hdr Retry-After ${retryAfterS}`;
    return `http-error status ${status} content-type application/problem+json string '${errorBody(status, detail)}' hdr Cache-Control no-store${retry}`;
  });
}
