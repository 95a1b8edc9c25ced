/**
 * How one request ended. `ok` is 2xx or 3xx, answered to the last byte. Errors: `refused`, `reset`, `timeout`,
 * `status-503` and so on, `not-sent` (the generator's own limit), `protocol` (not HTTP), else the system's code.
 */
export type Outcome = 'ok' | (string & {});

/** The kind of a whole answer. */
export function outcomeOfStatus(status: number): Outcome {
  return status >= 200 && status < 400 ? 'ok' : `status-${status}`;
}

/** The kind of a connection's error by its system code. */
export function outcomeOfCode(code: string): Outcome {
  return KINDS[code] ?? code.toLowerCase();
}

// Private

const KINDS: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
};
