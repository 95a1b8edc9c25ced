import { DAY, SECOND } from '../../kit/clock.ts';
import type { ServiceSpec } from '../../spec/spec.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { usualStartMs } from './start-time.ts';
import type { Point } from './track.ts';
import { extent, the } from './track.ts';

const LEAST_MS = DAY;
const LEAST_DAYS_FOR_HOURS = 3;
const LEAST_HOURS = 3;
/** How far below its thresholds a service would still have to be with fewer. */
const MARGIN = 0.5;
const IDLE_CPU = 0.02;
/** Who waits longer than this for a service to wake complains. */
const QUICK_START_MS = 3 * SECOND;

/** `min` is more than was ever needed, at some hours or at all; or always less than there was. */
export function lowerBound(evidence: Evidence): Finding | null {
  const { week, spec, demandIsSeen } = evidence;
  const points = week.points.filter(({ ready }) => ready > 0);
  const span = extent(points);
  if (!demandIsSeen || !span || span.seenMs < LEAST_MS) return null;
  const { min } = spec.scale;
  // Only who starts quickly can be woken by a request.
  const least = (usualStartMs(evidence) ?? Infinity) <= QUICK_START_MS ? 0 : 1;
  const needs = points.map((point) => ({
    ...point,
    needed: Math.max(least, neededAt(point, spec)),
  }));
  if (min > least) {
    const needed = needs.reduce((most, each) => Math.max(most, each.needed), 0);
    if (needed < min) return { kind: 'min-lower', min, needed, ...span };
    const quiet = span.seenMs >= LEAST_DAYS_FOR_HOURS * DAY ? quietHours(needs, evidence) : null;
    if (quiet) return { kind: 'min-quiet', min, ...quiet, ...span };
  }
  const lowest = lowestCount(evidence, needs);
  return min > 0 && lowest > min ? { kind: 'min-higher', min, lowest, ...span } : null;
}

/** How many replicas would have been enough at this point, with a margin; where that cannot be told, as many as there were. */
export function neededAt(point: Point, { scale, concurrency }: ServiceSpec): number {
  const { cpu, rps, concurrency: inFlight } = point.signals;
  const ready = Math.ceil(point.ready);
  if (typeof rps !== 'number' || typeof cpu !== 'number' || typeof inFlight !== 'number')
    return ready;
  if (rps === 0 && inFlight === 0 && cpu < IDLE_CPU) return 0;
  const slow = the(point, 'latencyP95Ms') > MARGIN * (scale.up.latencyMs ?? SECOND);
  if (slow || the(point, 'queued') > 0) return ready;
  const isTarget = scale.policy === 'target';
  const cpuLimit = (isTarget ? scale.target.cpu : scale.up.cpu) ?? 0.7;
  const most = (isTarget ? scale.target.concurrency : scale.up.concurrency) ?? concurrency;
  const rate = isTarget ? scale.target.rps : scale.up.rps;
  const forCpu = (cpu * point.ready) / (MARGIN * cpuLimit);
  const forRequests = most === null ? 0 : inFlight / (MARGIN * most);
  const forRate = rate === undefined ? 0 : rps / (MARGIN * rate);
  return Math.max(1, Math.min(ready, Math.ceil(Math.max(forCpu, forRequests, forRate))));
}

// Private

interface Need extends Point {
  readonly needed: number;
}

interface Quiet {
  readonly needed: number;
  readonly fromHour: number;
  readonly toHour: number;
}

/** The longest run of hours of the day in which fewer than `min` would always have been enough, each seen on several days. */
function quietHours(needs: readonly Need[], { spec, now, hourOf }: Evidence): Quiet | null {
  const most = Array.from({ length: 24 }, () => 0);
  const seenOn = Array.from({ length: 24 }, () => new Set<number>());
  for (const { at, needed } of needs) {
    const hour = hourOf(at);
    most[hour] = Math.max(most[hour] ?? 0, needed);
    seenOn[hour]?.add(Math.ceil((now - at) / DAY));
  }
  const isQuiet = (hour: number): boolean =>
    (seenOn[hour % 24]?.size ?? 0) >= LEAST_DAYS_FOR_HOURS &&
    (most[hour % 24] ?? Infinity) < spec.scale.min;
  let longest = { fromHour: 0, hours: 0 };
  for (let fromHour = 0; fromHour < 24; fromHour++) {
    let hours = 0;
    while (hours < 24 && isQuiet(fromHour + hours)) hours++;
    if (hours > longest.hours) longest = { fromHour, hours };
  }
  if (longest.hours < LEAST_HOURS) return null;
  const { fromHour, hours } = longest;
  const needed = Math.max(
    ...Array.from({ length: hours }, (_, at) => most[(fromHour + at) % 24] ?? 0),
  );
  return { needed, fromHour, toHour: (fromHour + hours) % 24 };
}

/**
 * Fewer than so many there never were, nor would have been enough. Points of a longer span hold means, which may hide a
 * short time with fewer; the decisions do not.
 */
function lowestCount({ decisions }: Evidence, needs: readonly Need[]): number {
  const counts = [
    ...needs.map(({ desired, needed }) => Math.min(Math.floor(desired), needed)),
    ...decisions.map(({ desired }) => desired),
  ];
  return counts.reduce((least, count) => Math.min(least, count), Infinity);
}
