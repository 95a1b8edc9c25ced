import type { Decided } from '../policy/decision.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import { valueOrNull } from '../signals/reading.ts';
import type { SignalName, Signals } from '../signals/snapshot.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import type { DecisionStore, StoredDecision } from '../state/decisions.ts';

/** The decision in force of one service, and how it is written down. */
export interface Book {
  /**
   * A row on each change of (desired, binding), and when a cooldown of a step up gives way to one of a step down; the
   * same again only moves `until` and `times`. True: a new row.
   */
  write(entry: BookEntry): { readonly decision: StoredDecision; readonly changed: boolean };
  /** What reconcile has brought about of the decision in force; told once a change. */
  settled(service: string, ready: number): void;
  inForce(service: string): StoredDecision | null;
  /** What an earlier control plane decided last is in force still. */
  takeUp(decision: StoredDecision): void;
}

export interface BookEntry {
  readonly service: string;
  readonly now: number;
  readonly scale: ScaleSpec;
  readonly current: number;
  readonly decided: Decided;
  readonly snapshot: Snapshot;
}

export function createBook(store: DecisionStore): Book {
  const inForce = new Map<string, StoredDecision>();

  return {
    write({ service, now, scale, current, decided, snapshot }) {
      const last = inForce.get(service);
      if (last && isSame(last, decided)) {
        store.repeat(last.id, now);
        // In memory only: the row keeps what was true when it was written, and a change of the count what caused it.
        const { raw, stabilised, limited, reasons } = decided;
        const newest =
          last.current === last.desired
            ? { raw, stabilised, limited, reasons }
            : { lately: reasons };
        const decision = { ...last, until: now, times: last.times + 1, ...newest };
        inForce.set(service, decision);
        return { decision, changed: false };
      }
      const decision = store.insert({
        service,
        at: now,
        until: now,
        times: 1,
        policy: scale.policy,
        current,
        raw: decided.raw,
        stabilised: decided.stabilised,
        limited: decided.limited,
        desired: decided.desired,
        applied: null,
        binding: decided.binding,
        reasons: decided.reasons,
        signals: valuesOf(snapshot.stable),
      });
      inForce.set(service, decision);
      return { decision, changed: true };
    },
    settled(service, ready) {
      const decision = inForce.get(service);
      if (!decision || decision.applied === ready || decision.desired !== ready) return;
      store.applied(decision.id, ready);
      inForce.set(service, { ...decision, applied: ready });
    },
    inForce: (service) => inForce.get(service) ?? null,
    takeUp: (decision) => void inForce.set(decision.service, decision),
  };
}

/** Every signal as a number or null, as it is stored and shown. */
export function valuesOf(signals: Signals): Record<SignalName, number | null> {
  return Object.fromEntries(
    Object.entries(signals).map(([name, reading]) => [name, valueOrNull(reading)]),
  ) as Record<SignalName, number | null>;
}

// Private

/** One row for both waits would seem to last longer than either. */
function isSame(last: StoredDecision, decided: Decided): boolean {
  if (last.desired !== decided.desired || last.binding !== decided.binding) return false;
  return decided.binding !== 'cooldown' || waitsToGrow(last) === waitsToGrow(decided);
}

function waitsToGrow({ raw, desired }: Pick<Decided, 'raw' | 'desired'>): boolean {
  return raw !== null && raw > desired;
}
