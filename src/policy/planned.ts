import type { ScaleSpec } from '../spec/spec.ts';
import type { ReplicaCounts, Reason } from './decision.ts';
import type { Forecast } from './learned.ts';
import { SAVED, turned, turnsOf } from './turns.ts';
import type { Turns } from './turns.ts';

/** What a count is planned from: the forecast, and what one replica is worth. */
export interface PlanInput {
  readonly now: number;
  readonly forecast: Forecast;
  readonly replicas: ReplicaCounts;
  /** Requests a second of one replica at the utilisation that is wanted. */
  readonly eachRps: number;
  /** Requests a second of one replica that is never idle; not below `eachRps`. */
  readonly fullRps: number;
  /** Waiting at the gateway. */
  readonly queued: number;
  /** What one is worth is a guess: what waits counts, what would come to wait by that guess does not. */
  readonly isGuess?: boolean;
  /** What `plan` remembered the last time, as it came out of `memory.policies`; anything else is taken for nothing. */
  readonly memory: unknown;
}

export interface Plan {
  /** Not yet bound by min and max. */
  readonly count: number;
  /** Why it is more than the forecast asks for; empty: it is not. */
  readonly reasons: readonly Reason[];
  /** Plain JSON, for `memory.policies`. */
  readonly memory: Turns;
}

/**
 * From a forecast to a count, the same for `predictive` and `slo`. Up at once, as far as the forecast says, once what is
 * there would be busier than a tenth above what is wanted; and further where so much waits that it has to be worked off.
 * Down to what is worth keeping, and only so often (`turns.ts`): a count that follows every lull is never there for the
 * load that comes back. Call it at each decision with what it remembered, also while something else decides.
 */
export function plan(input: PlanInput): Plan {
  const { now, forecast, replicas, eachRps, fullRps } = input;
  const current = replicas.desired;
  const memory = turned(turnsOf(input.memory, now), now, current);
  const drainRps = drainingRps(input);
  const wantedRps = forecast.readyRps + drainRps;
  const bearable = (tolerance: number): number =>
    current * Math.max(eachRps, Math.min(eachRps * (1 + tolerance), fullRps * FULL));
  const reasons: Reason[] = [];
  if (drainRps > 0) reasons.push({ kind: 'draining', queued: input.queued, rps: drainRps });
  if (forecast.nowRps + drainRps > bearable(TOLERANCE) || wantedRps > bearable(AHEAD))
    return { count: replicasFor(wantedRps, eachRps), reasons, memory };

  const kept = replicasFor(Math.max(wantedRps, forecast.keepRps), eachRps);
  const waitMs = kept < current ? worthInMs(current, kept, memory) : Infinity;
  if (waitMs === 0) return { count: kept, reasons, memory };
  if (waitMs < Infinity) reasons.push({ kind: 'turns', remainingMs: waitMs });
  else if (kept > replicasFor(wantedRps, eachRps))
    reasons.push({ kind: 'kept', rps: forecast.keepRps, replicas: Math.min(kept, current) });
  return { count: current, reasons, memory };
}

/**
 * Whether a season says that there will be enough to do, by the horizon, to be awake for: some requests in the time after
 * which a service falls asleep. How the load is and moves says nothing of it: it is awake for what comes.
 */
export function isExpectedSoon(
  { basis, expectedRps }: Forecast,
  { sleepAfterMs }: Pick<ScaleSpec, 'sleepAfterMs'>,
): boolean {
  return basis.kind === 'season' && (expectedRps * sleepAfterMs) / 1000 >= WORTH_WAKING;
}

// Private

/** How much busier than wanted they may be before there are more, as of the Kubernetes HPA. */
const TOLERANCE = 0.1;

/** The same by what is only foretold: chance foretells a little more again and again. */
const AHEAD = 0.2;

/** Busier than this and what comes unevenly waits, whatever is wanted. */
const FULL = 0.97;

/** Fewer only where it is worth a turn: by a fourteenth of them, and a whole one. */
const GAP = 0.07;

/**
 * The fewer turns are left, the deeper a lull has to be to be worth one: by so much for each that is not there. Half of
 * that for every twenty minutes since the count last grew: what has lasted so long is no lull.
 */
const SCARCE = 0.12;
const LASTING_MS = 20 * 60_000;

/** When going down to so many is worth a turn, if nothing changes, in ms; Infinity: it is near enough as it is. */
function worthInMs(current: number, kept: number, turns: Turns): number {
  if (turns.isDown) return 0;
  const depth = (current - kept) / current - GAP;
  if (depth <= 0) return Infinity;
  const scarce = SCARCE * (SAVED - Math.min(SAVED, turns.left));
  const lastedMs = Math.max(0, turns.at - turns.upAt);
  const lastsMs = scarce > depth ? LASTING_MS * Math.log2(scarce / depth) - lastedMs : 0;
  return Math.max(0, Math.ceil(lastsMs), turns.remainingMs);
}

/** A queue of this many seconds comes and goes by chance. */
const BY_CHANCE_S = 0.5;

/** Requests, for which it is not sent to sleep, or woken. */
const WORTH_WAKING = 3;

/** What waits at the horizon is to be gone so long after it. */
const DRAIN_S = 3;

/** Nobody waits longer for an answer: what would, has been given up. */
const GIVEN_UP_S = 30;

/** What has to be done beside the load once those that are ordered now serve. */
function drainingRps({ forecast, replicas, fullRps, queued, isGuess }: PlanInput): number {
  const { ready, desired, out = 0 } = replicas;
  const readyRps = ready * fullRps;
  const byChance = readyRps * BY_CHANCE_S;
  if (queued <= byChance) return 0;
  if (isGuess) return (queued - byChance) / DRAIN_S;
  const comingRps = Math.max(ready, desired - out) * fullRps;
  const halfS = forecast.horizonMs / 2000;
  const laterRps = (forecast.nowRps + forecast.readyRps) / 2;
  // Those that start come some time before those that are ordered now: halfway, for all that is known.
  const then = queued + (forecast.nowRps - readyRps + laterRps - comingRps) * halfS;
  const most = queued + GIVEN_UP_S * forecast.nowRps;
  return Math.max(0, Math.min(then, most) - byChance) / DRAIN_S;
}

/** 2.1 / 0.7 is a hair more than 3 in binary: that is 3 replicas, not 4. */
function replicasFor(rps: number, eachRps: number): number {
  if (!(rps > 0)) return 0;
  return Math.min(MOST, Math.ceil((rps / eachRps) * (1 - 1e-9)));
}

/** More than any machine can run. */
const MOST = 1_000_000;
