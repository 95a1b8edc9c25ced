import { DAY, SECOND } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { stepsOf } from './steps.ts';
import { quantile } from './track.ts';

const LEAST_STARTS = 3;
const LEAST_TIMES = 3;
const LONG_WAKE_MS = 5 * SECOND;
const LONG_START_MS = 10 * SECOND;

/** What its replicas usually take to be ready; null: too few were started. */
export function usualStartMs({ startsMs }: Pick<Evidence, 'startsMs'>): number | null {
  return startsMs.length < LEAST_STARTS ? null : quantile(startsMs, 0.5);
}

/** Help that is decided comes late, because a replica takes long to be ready. */
export function startTime(evidence: Evidence): Finding | null {
  const { spec, now } = evidence;
  const startMs = usualStartMs(evidence);
  const day = evidence.decisions.filter(({ at }) => at >= now - DAY);
  const from = day[0]?.at;
  if (startMs === null || from === undefined) return null;
  const wakes = day.filter(({ reasons }) => reasons.some(({ kind }) => kind === 'wake')).length;
  if (spec.scale.min === 0 && startMs >= LONG_WAKE_MS && wakes >= LEAST_TIMES)
    return { kind: 'slow-wake', startMs, wakes, from, to: now };
  const ups = stepsOf(day).filter(({ direction }) => direction === 'up').length;
  const cooldownMs = spec.scale.cooldown.upMs;
  if (startMs < Math.max(LONG_START_MS, cooldownMs) || ups < LEAST_TIMES) return null;
  return { kind: 'slow-start', startMs, cooldownMs, ups, from, to: now };
}
