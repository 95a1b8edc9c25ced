import { DAY, HOUR, MINUTE, SECOND } from '../kit/clock.ts';

export interface Resolution {
  readonly spanMs: number;
  readonly keepMs: number;
}

/** Rows as they came; the other resolutions are made of these. */
export const RAW_MS = SECOND;

/** The finest first. The finest is kept far longer than the longest span, which is made of it. */
export const RESOLUTIONS: readonly Resolution[] = [
  { spanMs: RAW_MS, keepMs: 2 * HOUR },
  { spanMs: 10 * SECOND, keepMs: 2 * DAY },
  { spanMs: MINUTE, keepMs: 60 * DAY },
];

/** The finest resolution that still has rows as old as `from`; the coarsest when none has. */
export function resolutionFor(from: number, now: number): Resolution {
  const fitting = RESOLUTIONS.find(({ keepMs }) => from >= now - keepMs);
  return fitting ?? (RESOLUTIONS.at(-1) as Resolution);
}

/** Where the span that holds `at` starts. */
export function bucketStart(at: number, spanMs: number): number {
  return Math.floor(at / spanMs) * spanMs;
}
