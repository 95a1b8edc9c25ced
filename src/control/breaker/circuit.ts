import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { BreakerSpec } from '../../spec/spec.ts';
import type { Attempts } from './attempts.ts';
import { failedInARowText, failedText, shareOf } from './attempts.ts';
import { forgiven, holdMs, onceMore } from './hold.ts';
import type { HoldRecord } from './hold.ts';
import { isLost, TRIAL_FAILED } from './trial.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * closed ──more errors than allowed──► open ──time is over──► half-open ──three requests went well──► closed
 *                                        ▲                        │
 *                                        └──one failed: longer────┘
 *
 * Half-open lets one request through at a time, to any replica; one that fails is taken out as long as others may be better
 * (`ejection.ts`), and only what is left decides. Times in ms since the epoch.
 */
export interface CircuitMemory extends HoldRecord {
  readonly state: CircuitState;
  readonly since: number;
  readonly reason: string | null;
  /** The end of `open`; null otherwise. */
  readonly untilAt: number | null;
  /** The request that may pass now, and since when; only while half-open. */
  readonly trial: {
    readonly number: number;
    readonly since: number;
    readonly wentWell: number;
    /** When an answer was last seen; before the first, since when there could be one. */
    readonly askedAt: number;
  } | null;
  /** Until when, in seconds since the epoch, the gateway refuses if it hears nothing more; null while closed. */
  readonly refusesUntilS: number | null;
}

export interface CircuitSeen {
  /** Over the window, at the replicas in service. */
  readonly lately: Attempts;
  /** Since the previous look, at the same. */
  readonly now: Attempts;
  /** The same since one went well; 0 where some replica's last ones did. */
  readonly failedInARow: number;
  /** Whether any replica was asked since the previous look. */
  readonly asked: boolean;
  readonly inFlight: number;
  /** None is ready. */
  readonly deserted: boolean;
}

export interface CircuitStep {
  readonly circuit: CircuitMemory;
  readonly number: number;
}

export function closedSince(now: number): CircuitMemory {
  return { ...CLOSED, since: now, reason: null, times: 0, fineSince: now };
}

/** One look. The state has changed where `circuit.state` or, from open to open, `circuit.since` differ. */
export function stepCircuit(
  given: CircuitMemory,
  number: number,
  seen: CircuitSeen,
  { errors, windowMs }: BreakerSpec,
  now: number,
): CircuitStep {
  const circuit = withoutFuture(given, now);
  const stays = (differs: Partial<CircuitMemory> = {}): CircuitStep => ({
    circuit: { ...circuit, ...differs },
    number,
  });
  // A service that slept, or whose replicas were all replaced, begins anew: nobody could try it.
  if (circuit.state !== 'closed' && seen.deserted)
    return stays({ ...CLOSED, since: now, fineSince: now, reason: 'no replica is left' });
  switch (circuit.state) {
    case 'closed': {
      const record = forgiven(circuit, now, OPENS);
      const reason =
        seen.failedInARow >= LEAST_IN_A_ROW
          ? failedInARowText(seen.failedInARow)
          : seen.lately.requests >= LEAST_ATTEMPTS && shareOf(seen.lately) > errors
            ? failedText(seen.lately, windowMs)
            : null;
      if (reason === null) return stays(record);
      return { circuit: opened(circuit, reason, now), number };
    }
    case 'open':
      if (circuit.untilAt !== null && now < circuit.untilAt) return stays();
      return {
        circuit: {
          ...circuit,
          state: 'half-open',
          since: now,
          untilAt: null,
          trial: { number: number + 1, since: now, wentWell: 0, askedAt: now },
          refusesUntilS: secondsAfter(now + HALF_OPEN_MS),
        },
        number: number + 1,
      };
    case 'half-open':
      return tried(circuit, number, seen, now);
  }
}

// Private

const OPENS = { firstMs: 5 * SECOND, longestMs: MINUTE };

const CLOSED = { state: 'closed', untilAt: null, trial: null, refusesUntilS: null } as const;

/** Fewer attempts say nothing. */
const LEAST_ATTEMPTS = 10;

/** A window full of the good time before would hide for seconds that every attempt fails now. */
const LEAST_IN_A_ROW = 20;

/** So many requests in a row have to go well. */
const ENOUGH = 3;

/** While half-open the gateway is told again and again to go on refusing: should nobody tell it any more, it stops. */
const HALF_OPEN_MS = 10 * SECOND;

/** What is open is half-opened by the control plane; the gateway alone waits a little longer, or all would pass before. */
const GRACE_MS = 2 * SECOND;

function opened(circuit: CircuitMemory, reason: string, now: number): CircuitMemory {
  const times = onceMore(circuit.times, OPENS);
  const untilAt = now + holdMs(times, OPENS);
  return {
    state: 'open',
    since: now,
    reason,
    untilAt,
    trial: null,
    refusesUntilS: secondsAfter(untilAt + GRACE_MS),
    times,
    fineSince: now,
  };
}

function tried(
  circuit: CircuitMemory,
  number: number,
  { now: seen, asked, inFlight }: CircuitSeen,
  now: number,
): CircuitStep {
  if (seen.errors > 0) return { circuit: opened(circuit, TRIAL_FAILED, now), number };
  const trial = circuit.trial ?? { number, since: now, wentWell: 0, askedAt: now };
  const wentWell = trial.wentWell + seen.requests;
  if (wentWell >= ENOUGH) {
    const reason = `${wentWell} requests in a row went well`;
    return { circuit: { ...circuit, ...CLOSED, since: now, fineSince: now, reason }, number };
  }
  const lost = isLost(trial.since, inFlight, now);
  const askedAt = asked ? now : trial.askedAt;
  const next =
    asked || lost ? { number: number + 1, since: now, wentWell, askedAt } : { ...trial, askedAt };
  const leftMs = (circuit.refusesUntilS ?? 0) * SECOND - now;
  const refusesUntilS =
    leftMs < HALF_OPEN_MS / 2 ? secondsAfter(now + HALF_OPEN_MS) : circuit.refusesUntilS;
  return {
    circuit: { ...circuit, trial: next, refusesUntilS },
    number: Math.max(number, next.number),
  };
}

/** A clock that was set back does not keep it open for longer. */
function withoutFuture(circuit: CircuitMemory, now: number): CircuitMemory {
  const { since, times, untilAt, trial, refusesUntilS } = circuit;
  if (since <= now && (!trial || trial.since <= now)) return circuit;
  const longestAt = now + holdMs(Math.max(1, times), OPENS);
  return {
    ...circuit,
    since: Math.min(since, now),
    untilAt: untilAt && Math.min(untilAt, longestAt),
    trial: trial && {
      ...trial,
      since: Math.min(trial.since, now),
      askedAt: Math.min(trial.askedAt, now),
    },
    refusesUntilS: refusesUntilS && Math.min(refusesUntilS, secondsAfter(longestAt + GRACE_MS)),
  };
}

function secondsAfter(atMs: number): number {
  return Math.ceil(atMs / SECOND);
}
