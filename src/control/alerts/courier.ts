import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import { MINUTE, SECOND } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import type { AlertAddress } from '../../spec/alerts.ts';
import { waitMsAfter } from '../../tasks/callbacks/waits.ts';
import type { Told } from './alert.ts';
import { createPace } from './pace.ts';

/** Sends one message, and answers the status. @throws whatever went wrong */
export type Post = (
  message: { readonly address: AlertAddress; readonly id: string; readonly body: string },
  giveUp: AbortSignal,
) => Promise<number>;

/** News of one alert on their way; plain JSON. */
export interface Parcel {
  readonly address: AlertAddress;
  /** The same at every attempt. */
  readonly id: string;
  readonly body: string;
  readonly attempts: number;
  /** ms since the epoch; null: there will be none. */
  readonly nextAt: number | null;
  readonly takenAt: number | null;
  readonly problem: string | null;
}

/**
 * Brings news of alerts to whoever wants to know: those of one alert in their order, the newest alone where older ones have
 * not arrived. Nobody waits for it.
 */
export interface Courier {
  send(alert: string, address: AlertAddress, body: string): void;
  /** What became of the newest news; null: there are none. */
  told(alert: string): Told | null;
  /** To be remembered; null: there are none. */
  parcel(alert: string): Parcel | null;
  /** Goes on with what another control plane had under way. */
  goOn(alert: string, parcel: Parcel): void;
  forget(alert: string): void;
  /** Breaks off what is under way; it is sent again by whoever goes on. */
  stop(): Promise<void>;
}

export interface CourierDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly post: Post;
  readonly chance: () => number;
  readonly onChange: () => void;
  readonly waitsMs?: readonly number[];
}

export function createCourier(deps: CourierDeps): Courier {
  const { clock, log, waitsMs = WAITS_MS } = deps;
  const parcels = new Map<string, Parcel>();
  const pace = createPace();
  /** Alert → the receiver that is being told. */
  const underWay = new Map<string, string>();
  const deliveries = new Set<Promise<void>>();
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const attempt = async (alert: string, parcel: Parcel): Promise<void> => {
    let problem: string | null = null;
    let last = false;
    try {
      const status = await deps.post(parcel, ending.signal);
      last = status === GONE;
      if (status < 200 || status > 299) problem = `It was answered with ${status}.`;
    } catch (thrown) {
      if (ending.signal.aborted) return;
      problem = messageOf(thrown);
    }
    // Newer ones take its place.
    const newest = parcels.get(alert);
    if (newest?.id !== parcel.id) return;
    const now = clock.now();
    const attempts = parcel.attempts + 1;
    const waitMs = problem === null || last ? null : waitMsAfter(attempts, deps.chance(), waitsMs);
    const nextAt = waitMs === null ? null : now + waitMs;
    const takenAt = problem === null ? now : null;
    parcels.set(alert, { ...parcel, attempts, nextAt, takenAt, problem });
    if (problem !== null && nextAt === null)
      log.warn({ alert, attempts, problem }, 'news of an alert could not be delivered');
    deps.onChange();
  };

  const begin = (alert: string, parcel: Parcel): void => {
    underWay.set(alert, receiverOf(parcel));
    const delivery = attempt(alert, parcel).finally(() => {
      deliveries.delete(delivery);
      underWay.delete(alert);
      turn();
    });
    deliveries.add(delivery);
  };

  /** A receiver that hangs has its own share of those at work, and not all. */
  const hasRoom = (parcel: Parcel): boolean => {
    const receiver = receiverOf(parcel);
    const there = [...underWay.values()].filter((each) => each === receiver).length;
    return underWay.size < AT_ONCE && there < AT_ONE_RECEIVER;
  };

  const turn = (): void => {
    clearTimeout(timer);
    if (ending.signal.aborted) return;
    const now = clock.now();
    let soonestMs = Infinity;
    for (const [alert, parcel] of parcels) {
      if (parcel.nextAt === null || underWay.has(alert)) continue;
      const waitMs = parcel.nextAt - now;
      // A wait that is longer than any comes from a clock that was set back.
      if (waitMs > 0 && waitMs <= LONGEST_MS) soonestMs = Math.min(soonestMs, waitMs);
      else if (hasRoom(parcel)) begin(alert, parcel);
    }
    if (soonestMs < Infinity) timer = setTimeout(turn, soonestMs);
  };

  return {
    send(alert, address, body) {
      const id = `alert_${randomUUID()}`;
      const [nextAt, takenAt] = [pace.dueAt(alert, clock.now()), null];
      parcels.set(alert, { address, id, body, attempts: 0, nextAt, takenAt, problem: null });
      turn();
    },
    told(alert) {
      const parcel = parcels.get(alert);
      if (!parcel) return null;
      return { at: parcel.takenAt, attempts: parcel.attempts, problem: parcel.problem };
    },
    parcel: (alert) => parcels.get(alert) ?? null,
    goOn(alert, parcel) {
      parcels.set(alert, parcel);
      turn();
    },
    forget(alert) {
      parcels.delete(alert);
      pace.forget(alert, clock.now());
    },
    async stop() {
      clearTimeout(timer);
      ending.abort(new Error('the control plane ends'));
      await Promise.all(deliveries);
    },
  };
}

// Private

/** Eight attempts over some nine minutes: who hears of an alert later hears of the past. */
const WAITS_MS = [
  SECOND / 2,
  2 * SECOND,
  5 * SECOND,
  15 * SECOND,
  45 * SECOND,
  2 * MINUTE,
  6 * MINUTE,
] as const;
const LONGEST_MS = 10 * MINUTE;

const AT_ONCE = 8;
const AT_ONE_RECEIVER = 2;
/** Whoever answers so wants to hear nothing more. */
const GONE = 410;

/** Who hangs is a host, whatever the path; of a secret only its name is known here. */
function receiverOf({ address: { url } }: Parcel): string {
  return typeof url === 'string' ? (URL.parse(url)?.origin ?? url) : JSON.stringify(url);
}
