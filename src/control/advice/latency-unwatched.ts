import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { ServiceSpec } from '../../spec/spec.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Point } from './track.ts';
import { extent, having, highest, quantile, the } from './track.ts';

const LIMIT_MS = SECOND;
const LEAST_TIMES = 3;
const LEAST_MS = 30 * MINUTE;

/** Users waited before the rules there are noticed anything. */
export function latencyUnwatched({ recent, spec }: Evidence): Finding | null {
  const watching = watchOf(spec);
  const measured = having(recent.points, 'latencyP95Ms');
  const span = extent(measured);
  if (!watching || !span || span.seenMs < LEAST_MS) return null;
  const { threshold } = watching;
  const unseen = beginnings(measured).filter(
    ({ signals }) => threshold === null || (signals.cpu ?? Infinity) < threshold,
  );
  if (unseen.length < LEAST_TIMES) return null;
  const cpu = highest(unseen, 'cpu');
  return {
    kind: 'latency-unwatched',
    times: unseen.length,
    limitMs: LIMIT_MS,
    worstMs: highest(measured, 'latencyP95Ms') ?? LIMIT_MS,
    cpu: threshold === null || cpu === null ? null : { value: cpu, threshold },
    targetConcurrency: watching.rule === 'up' ? null : goodConcurrency(measured),
    ...span,
  };
}

// Private

/** Which kind of rule is missing, and the CPU threshold there is; null: latency, or what precedes it, is watched. */
function watchOf({
  scale,
}: ServiceSpec): { rule: 'up' | 'target'; threshold: number | null } | null {
  const { policy, up, target, min, max } = scale;
  if (min === max) return null;
  if (policy === 'target') {
    const early = ['concurrency', 'latencyMs', 'rps', 'drainTimeMs', 'backlog'] as const;
    if (early.some((name) => target[name] !== undefined)) return null;
    return { rule: 'target', threshold: target.cpu ?? null };
  }
  if (policy !== 'linear' && policy !== 'exponential') return null;
  const early = ['latencyMs', 'concurrency', 'queued'] as const;
  if (early.some((name) => up[name] !== undefined)) return null;
  return { rule: 'up', threshold: up.cpu ?? null };
}

/** The points at which the latency rose above the limit. */
function beginnings(points: readonly Point[]): readonly Point[] {
  const slow = (point: Point | undefined): boolean =>
    point !== undefined && the(point, 'latencyP95Ms') > LIMIT_MS;
  return points.filter((point, index) => slow(point) && !slow(points[index - 1]));
}

/** Requests in flight that a replica mostly had while it was quick; 7 is what a service without numbers gets. */
function goodConcurrency(points: readonly Point[]): number {
  const quick = having(points, 'concurrency').filter(
    (point) => point.ready >= 1 && the(point, 'latencyP95Ms') <= LIMIT_MS / 2,
  );
  const usual = quantile(
    quick.map((point) => the(point, 'concurrency') / point.ready),
    0.9,
  );
  return Math.max(1, Math.ceil(usual ?? 7));
}
