/** At most so long a request is kept waiting, ms. */
export const LONGEST_WAIT_MS = 60_000;

/**
 * How long a sender wants to wait, ms, at most a minute; null: it does not. What cannot be understood is ignored, and of
 * a preference that is there twice the first counts, as RFC 7240 has it.
 */
export function preferredWaitMs(prefer: string | undefined): number | null {
  for (const preference of (prefer ?? '').split(',')) {
    const match = WAIT.exec(preference);
    if (match) return Math.min(Number(match[1]) * 1_000, LONGEST_WAIT_MS);
  }
  return null;
}

// Private

/** Parameters behind it mean nothing here. */
const WAIT = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i;
