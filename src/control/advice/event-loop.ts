import { MINUTE } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { coveredMs, extent, having, highest, quantile, the } from './track.ts';

const LIMIT_MS = 200;
const LEAST_SHARE = 0.05;
const LEAST_POINTS = 6;
const LEAST_MS = 30 * MINUTE;

/** Requests wait because the one thread of a Node replica is at something else. */
export function eventLoop({ recent, spec }: Evidence): Finding | null {
  const measured = having(recent.points, 'eventLoopDelayMs');
  const span = extent(measured);
  if (!span || span.seenMs < LEAST_MS) return null;
  const blocked = measured.filter((point) => the(point, 'eventLoopDelayMs') >= LIMIT_MS);
  const share = coveredMs(blocked) / span.seenMs;
  if (blocked.length < LEAST_POINTS || share < LEAST_SHARE) return null;
  const cpu = quantile(
    having(blocked, 'cpu').map((point) => the(point, 'cpu')),
    0.5,
  );
  return {
    kind: 'event-loop',
    limitMs: LIMIT_MS,
    worstMs: highest(blocked, 'eventLoopDelayMs') ?? LIMIT_MS,
    share,
    cores: cpu === null ? null : cpu * (spec.resources.cpu ?? 1),
    ...span,
  };
}
