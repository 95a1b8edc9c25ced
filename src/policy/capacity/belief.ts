import type { SloSpec } from '../../spec/spec.ts';
import type { CapacityBasis } from '../learned.ts';
import type { Parted } from './parting.ts';

/** Everything that speaks for or against a number, as plain data. */
export interface Views extends Parted {
  /** Requests it serves at once, as configured; null: any number, or not known. */
  readonly places: number | null;
  readonly serviceMs: number | null;
  readonly idleLatencyMs: number | null;
  readonly cpuPerRps: number | null;
  readonly busiestCpu: number;
  readonly ceilingRps: number | null;
  readonly ceilingS: number;
  /** How long a request was in a replica at its limit while others waited at the gateway; null: not seen. */
  readonly insideMs: number | null;
  readonly ready: number;
  /** What was believed of the revision before; null: there was none. */
  readonly priorRps: number | null;
  /** What it finished within the promise, however the load moved meanwhile; 0: nothing was seen. */
  readonly shownRps: number;
}

export interface Belief {
  readonly rps: number;
  readonly confidence: number;
  readonly basis: CapacityBasis;
}

/**
 * What one replica can do within the promise, as the views together have it.
 *
 * *At least* what the revision before could, or what was seen at its limit, or else what is supposed (`supposedRps`), less the part of the promise
 * that a request takes when nothing is in its way (`tailOf`). And at least what was seen to hold it: until one was seen at its
 * limit also what was finished within it while the load moved (`shown.ts`).
 *
 * *A step more* than that, so that the count comes down and the step is seen.
 *
 * *At most* what was seen at the limit, what its processor can do, and what was seen not to hold the promise.
 *
 * Null: no request was seen yet.
 */
export function beliefOf(views: Views, slo: SloSpec): Belief | null {
  const { held, serviceMs, places, ceilingRps, ceilingS, priorRps, shownRps } = views;
  if (serviceMs === null && ceilingRps === null && priorRps === null) return null;
  const cpuRps = cpuLimit(views);
  const bare = ceilingRps ?? Math.min(supposedRps(serviceMs, places), cpuRps);
  const tail = Math.max(LEAST_TAIL, tailOf(views, slo));
  const violated = violatedLimit(views);
  const most = Math.min(ceilingRps ?? Infinity, cpuRps, violated);
  const supposed = ceilingRps === null && priorRps !== null ? priorRps : bare * tail;
  // At its limit the last window before the promise breaks, by chance, is more than it can keep up.
  const shown = ceilingRps === null && priorRps === null ? shownRps : 0;
  const explored = held === null ? 0 : Math.max(held.rps, explore(views, held, cpuRps, slo));
  const rps = Math.min(most, Math.max(supposed, shown, explored));
  const heldShare = held === null ? 0 : Math.min(1, held.rps / rps);
  const byHeld = held === null ? 0 : heldShare * (held.seconds / (held.seconds + HELD_S));
  const byCeiling = ceilingRps === null ? 0 : ceilingS / (ceilingS + CEILING_S);
  return {
    rps,
    confidence: Math.max(SUPPOSED, byCeiling, byHeld),
    basis: basisOf(rps, { ceilingRps, cpuRps, violated, supposed }),
  };
}

// Private

/** What is merely supposed. */
const SUPPOSED = 0.1;
const CEILING_S = 15;
const HELD_S = 120;
const LEAST_TAIL = 0.5;

/** A step further than what was seen to hold; larger where nothing shows that it is busy. */
const STEP = 1.1;
const LONG_STEP = 1.25;
const NO_SLOWER = 1.3;
const IDLE_CPU = 0.5;
/** However large the head-room, no replica is given so many times what it was seen to hold. */
const MOST_STEP = 2.2;

/** Several at once were seen in one replica: it does not serve them one after another. */
const SEVERAL = 1.2;
const ONE_AT_A_TIME = 0.95;

/**
 * At what load of the replicas the promise is reached. Where many share a replica, latency rises like 1 ÷ (1 − load) at
 * worst: at 1 − unloaded ÷ promise. Where they wait in one queue at the gateway instead, and a replica at its limit is quick
 * enough, few wait until all are busy, the later the more replicas there are (an exponential tail of the wait, as of M/G/n).
 */
function tailOf(views: Views, slo: SloSpec): number {
  const { idleLatencyMs, serviceMs, ceilingRps, insideMs, ready } = views;
  const idleMs = idleLatencyMs ?? 0;
  const shared = 1 - idleMs / slo.latencyMs;
  if (insideMs === null || ceilingRps === null || serviceMs === null) return shared;
  const busyMs = (idleMs * insideMs) / serviceMs;
  if (busyMs > slo.latencyMs / 2) return shared;
  const waits = -Math.log(1 - slo.percentile / 100) * UNEVEN;
  const waitS = (slo.latencyMs - busyMs) / 1000;
  return Math.max(shared, 1 - waits / (Math.max(1, ready) * ceilingRps * waitS));
}

/** (1 + cv²) ÷ 2 of a service time that varies by three quarters of its mean. */
const UNEVEN = 0.8;

/**
 * One request after another in one place. Of several nobody knows yet whether they serve as many times that or, where all share a core,
 * no more: the geometric mean is off by the same factor either way, and the first rise shows which.
 */
function supposedRps(serviceMs: number | null, places: number | null): number {
  return (Math.sqrt(Math.max(1, places ?? 1)) * 1000) / Math.max(serviceMs ?? Infinity, 1e-3);
}

function cpuLimit({ cpuPerRps, busiestCpu }: Views): number {
  return cpuPerRps === null || cpuPerRps <= 0 ? Infinity : busiestCpu / cpuPerRps;
}

/** Between what held and what did not; well below that where nothing held yet. */
function violatedLimit({ held, violatedRps }: Views): number {
  if (violatedRps === null) return Infinity;
  return Math.max(held?.rps ?? 0, violatedRps * BELOW_VIOLATED);
}

const BELOW_VIOLATED = 0.85;

/**
 * How far it may go beyond what was seen to hold. What is planned is the belief less the head-room: the belief has to be
 * ahead of what was seen by as much for the count to come down at all. It never goes beyond where 1 ÷ latency, which falls
 * in a line as the load grows, would meet the promise.
 */
function explore(
  { serviceMs, idleLatencyMs, cpuPerRps, busiestCpu }: Views,
  held: NonNullable<Parted['held']>,
  cpuRps: number,
  slo: SloSpec,
): number {
  const idleMs = idleLatencyMs ?? 0;
  const cpuThere = cpuPerRps === null ? null : (held.rps * cpuPerRps) / busiestCpu;
  const flat = held.latencyMs <= idleMs * NO_SLOWER;
  const step = flat && cpuThere !== null && cpuThere < IDLE_CPU ? LONG_STEP : STEP;
  const further = held.rps * Math.min(MOST_STEP, step / (1 - slo.headroom));
  const onTheLine =
    idleMs > 0 && held.latencyMs > idleMs
      ? (held.rps * (1 / idleMs - 1 / slo.latencyMs)) / (1 / idleMs - 1 / held.latencyMs)
      : Infinity;
  const alone = ONE_AT_A_TIME * (1000 / Math.max(serviceMs ?? 0, 1e-3));
  // Nothing tells how many it serves at once: going on would end where it fails.
  const blind = cpuRps === Infinity && held.rps < alone * SEVERAL;
  return Math.min(further, Math.max(held.rps, onTheLine), blind ? alone : Infinity);
}

function basisOf(
  rps: number,
  {
    ceilingRps,
    cpuRps,
    violated,
    supposed,
  }: { ceilingRps: number | null; cpuRps: number; violated: number; supposed: number },
): CapacityBasis {
  if (rps === violated) return 'slow-above';
  if (ceilingRps !== null) return 'at-its-limit';
  if (rps === cpuRps) return 'cpu';
  return rps === supposed ? 'service-time' : 'held';
}
