import type { GatewayService } from '../../gateway/gateway.ts';
import type { BreakerSpec } from '../../spec/spec.ts';
import type { AttemptWindow } from './attempts.ts';
import { EMPTY_WINDOW, NO_ATTEMPTS, plus, sumOf } from './attempts.ts';
import type { CircuitMemory } from './circuit.ts';
import { closedSince, stepCircuit } from './circuit.ts';
import type { ReplicaChange, Replicas, SeenReplica } from './ejection.ts';
import { stepEjection } from './ejection.ts';

/** All that is remembered of one service: its circuit and those of its replicas that erred. Plain JSON. */
export interface BreakerMemory {
  readonly circuit: CircuitMemory;
  readonly replicas: Replicas;
  /** The last number a request was let through for; none is used twice. */
  readonly number: number;
}

export type BreakerChange =
  | ReplicaChange
  | {
      readonly kind: 'circuit';
      readonly was: CircuitMemory['state'];
      readonly circuit: CircuitMemory;
    };

/** Numbers begin at the seconds since the epoch: an earlier control plane's may still be known to the gateway. */
export function freshBreaker(now: number): BreakerMemory {
  return { circuit: closedSince(now), replicas: {}, number: Math.floor(now / 1000) };
}

/**
 * One look at the ready replicas of a service. A replica that errs alone is taken out and what it did no longer counts;
 * what is left above the limit opens the circuit, while which nobody is taken out or tried.
 */
export function stepBreaker(
  before: BreakerMemory,
  seen: readonly SeenReplica[],
  spec: BreakerSpec,
  now: number,
): { readonly memory: BreakerMemory; readonly changes: readonly BreakerChange[] } {
  const was = before.circuit;
  const ejection = stepEjection(before, seen, spec, { now, circuit: was.state });
  const inService = seen.filter(({ id }) => !ejection.replicas[id]?.ejected);
  const windows = inService.map(({ id }) => ejection.replicas[id]?.window ?? EMPTY_WINDOW);
  const { circuit, number } = stepCircuit(
    was,
    ejection.number,
    {
      lately: sumOf(windows),
      failedInARow: failedInARow(windows),
      now: inService.reduce((sum, { attempts }) => plus(sum, attempts), NO_ATTEMPTS),
      asked: seen.some(({ attempts }) => attempts.requests > 0),
      inFlight: inService.reduce((sum, { inFlight }) => sum + inFlight, 0),
      deserted: seen.length === 0,
    },
    spec,
    now,
  );
  const turned = circuit.state !== was.state;
  // Whoever was taken out before may be the better one by now.
  const takenBack =
    turned && circuit.state === 'half-open'
      ? Object.entries(ejection.replicas).flatMap(([id, { ejected }]) => (ejected ? [id] : []))
      : [];
  return {
    memory: {
      circuit,
      number,
      replicas: turned ? begunAnew(ejection.replicas, takenBack) : ejection.replicas,
    },
    changes: [
      ...ejection.changes,
      ...takenBack.map((replica) => ({ kind: 'back' as const, replica, reason: TRIED_WITH_ALL })),
      ...(turned ? [{ kind: 'circuit' as const, was: was.state, circuit }] : []),
    ],
  };
}

/** What the gateway is to be told of it. */
export function conditionsOf({ circuit, replicas }: BreakerMemory): Pick<
  GatewayService,
  'circuit' | 'trial'
> & {
  readonly ejected: ReadonlySet<string>;
} {
  const out = Object.entries(replicas).filter(([, { ejected }]) => ejected);
  const [tried] = out.flatMap(([replica, { ejected }]) =>
    ejected?.trial ? [{ replica, number: ejected.trial.number }] : [],
  );
  return {
    circuit: toldOf(circuit),
    trial: tried ?? null,
    ejected: new Set(out.map(([replica]) => replica)),
  };
}

// Private

/** Of all of them together; 0 where one that was asked lately went well in the end. */
function failedInARow(windows: readonly AttemptWindow[]): number {
  const asked = windows.filter(({ parts }) => parts.length > 0);
  if (asked.some((each) => each.failedInARow === 0)) return 0;
  return asked.reduce((sum, each) => sum + each.failedInARow, 0);
}

const TRIED_WITH_ALL = 'the circuit is tried with all of them';

/** What was counted before the circuit turned says nothing about after it. */
function begunAnew(replicas: Replicas, takenBack: readonly string[]): Replicas {
  return Object.fromEntries(
    Object.entries(replicas).map(([id, memory]) => [
      id,
      {
        ...memory,
        window: EMPTY_WINDOW,
        ejected: takenBack.includes(id) ? null : memory.ejected,
      },
    ]),
  );
}

function toldOf({ state, trial, refusesUntilS }: CircuitMemory): GatewayService['circuit'] {
  if (state === 'closed' || refusesUntilS === null) return { kind: 'closed' };
  if (state === 'open' || !trial) return { kind: 'open', untilS: refusesUntilS };
  return { kind: 'trial', number: trial.number, untilS: refusesUntilS };
}
