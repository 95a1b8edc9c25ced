import { MINUTE } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding, Load } from './finding.ts';
import type { Point } from './track.ts';
import { coveredMs, extent, having, quantile, the } from './track.ts';

const LEAST_MS = 30 * MINUTE;
const LEAST_SHARE_QUEUED = 0.1;
const IDLE_CPU = 0.5;
const LEAST_POINTS = 100;
const SLOWER = 3;
const SLOW_MS = 300;

/** A replica gets more requests at once than are good for it, or fewer than it could bear. */
export function concurrency(evidence: Evidence): Finding | null {
  return evidence.spec.concurrency === null
    ? unset(evidence)
    : queueing(evidence, evidence.spec.concurrency);
}

// Private

function queueing({ recent, spec }: Evidence, limit: number): Finding | null {
  const busy = having(recent.points, 'queued', 'rps').filter(
    (point) => point.ready >= 1 && (the(point, 'rps') > 0 || the(point, 'queued') > 0),
  );
  const span = extent(busy);
  if (!span || span.seenMs < LEAST_MS) return null;
  const waiting = busy.filter((point) => the(point, 'queued') >= 1);
  const share = coveredMs(waiting) / span.seenMs;
  const cpu = quantile(
    having(waiting, 'cpu').map((point) => the(point, 'cpu')),
    0.5,
  );
  if (share < LEAST_SHARE_QUEUED || cpu === null) return null;
  const found = { kind: 'queueing', share, concurrency: limit, cpu, ...span } as const;
  if (cpu < IDLE_CPU) return { ...found, better: Math.ceil(limit * 1.5) };
  const { policy, up, min, max } = spec.scale;
  const byRules = policy === 'linear' || policy === 'exponential';
  return byRules && up.queued === undefined && min < max ? { ...found, better: null } : null;
}

function unset({ recent }: Evidence): Finding | null {
  const inTime = having(recent.points, 'concurrency', 'latencyP95Ms', 'rps').filter(
    (point) => point.ready >= 1 && the(point, 'rps') > 0,
  );
  const span = extent(inTime);
  if (!span || inTime.length < LEAST_POINTS || span.seenMs < LEAST_MS) return null;
  const busy = inTime.toSorted((a, b) => inFlight(a) - inFlight(b));
  const quarter = Math.floor(busy.length / 4);
  const few = loadOf(busy.slice(0, quarter));
  const many = loadOf(busy.slice(-quarter));
  if (many.p95Ms < SLOW_MS || many.p95Ms < SLOWER * few.p95Ms) return null;
  const quick = busy.filter((point) => the(point, 'latencyP95Ms') <= 2 * few.p95Ms).map(inFlight);
  const better = Math.max(1, Math.ceil(quantile(quick, 0.9) ?? 1));
  if (better * 2 > many.inFlight) return null;
  return { kind: 'concurrency-unset', few, many, better, ...span };
}

function inFlight(point: Point): number {
  return the(point, 'concurrency') / Math.max(1, point.ready);
}

function loadOf(points: readonly Point[]): Load {
  return {
    inFlight: quantile(points.map(inFlight), 0.5) ?? 0,
    p95Ms:
      quantile(
        points.map((point) => the(point, 'latencyP95Ms')),
        0.5,
      ) ?? 0,
  };
}
