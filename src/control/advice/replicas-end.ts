import { DAY } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

const CODES = new Set([
  'CRASH_LOOP',
  'EXITED',
  'NEVER_READY',
  'REPLICA_DIED',
  'REPLICAS_KEEP_DYING',
  'START_FAILED',
]);
const LEAST = 3;

/** Replicas end by themselves, or do not come up: nothing about their number cures that. */
export function replicasEnd({ incidents, now }: Evidence): Finding | null {
  const ends = incidents.filter(({ at, code }) => at >= now - DAY && CODES.has(code));
  const first = ends[0];
  const last = ends.at(-1);
  if (!first || !last || ends.length < LEAST) return null;
  return {
    kind: 'replicas-end',
    times: ends.length,
    last: last.message,
    from: first.at,
    to: now,
  };
}
