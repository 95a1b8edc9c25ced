import type { Reading } from '../signals/reading.ts';
import type { PolicyInput } from './wish.ts';

/**
 * What one replica is worth: requests a second at the targets that are set, learned from what all of them serve and how
 * busy that makes them. Plain JSON.
 */
export interface Worth {
  readonly at: number;
  /** Requests served and replicas' worth of load at the targets, of the last minutes; the newest count most. */
  readonly served: number;
  readonly load: number;
  /** The same while requests waited all the time, and the seconds of replicas that took. */
  readonly full: { readonly served: number; readonly load: number; readonly seconds: number };
  /** Waiting at the gateway the last time; null: not known. */
  readonly queued: number | null;
  /** How many were ready the last time, and since when. */
  readonly ready: number;
  readonly readySince: number;
}

/** What was remembered of it; of anything else, nothing. */
export function worthOf(memory: unknown, now: number): Worth {
  if (isWorth(memory)) return memory;
  const full = { served: 0, load: 0, seconds: 0 };
  return { at: now, served: 0, load: 0, full, queued: null, ready: 0, readySince: now };
}

/** With what the signals say now. Where they are silent, or tell of a time of change, it stays as it is. */
export function learnWorth(before: Worth, input: PolicyInput): Worth {
  const { now, scale, snapshot, replicas } = input;
  const { rps, queued } = snapshot.stable;
  const { ready } = replicas;
  const readySince = ready === before.ready ? Math.min(before.readySince, now) : now;
  const { served, load, full } = before;
  const isMeasured = rps.kind === 'value' && queued.kind === 'value';
  const waiting = isMeasured ? queued.value : null;
  const seconds = (now - before.at) / 1000;
  const longestS = Math.max(LONGEST_S, (2 * scale.intervalMs) / 1000);
  const isNext = before.queued !== null && seconds > 0 && seconds <= longestS;
  const loadNow = busyLoad(input);
  // What arrives and does not join the queue is served.
  const servedNow =
    isMeasured && isNext ? rps.value - (queued.value - (before.queued ?? 0)) / seconds : 0;
  if (!isMeasured || loadNow <= 0 || servedNow <= 0)
    return { at: now, served, load, full, queued: waiting, ready, readySince };
  const kept = 2 ** (-seconds / HALF_LIFE_S);
  const isFull = queued.value >= loadNow && ready > 0 && now - readySince >= scale.windowMs;
  return {
    at: now,
    served: served * kept + servedNow * seconds,
    load: load * kept + loadNow * seconds,
    queued: waiting,
    ready,
    readySince,
    full: isFull
      ? {
          served: full.served * FULL_KEPT ** seconds + servedNow * seconds,
          load: full.load * FULL_KEPT ** seconds + loadNow * seconds,
          seconds: full.seconds * FULL_KEPT ** seconds + ready * seconds,
        }
      : full,
  };
}

/**
 * Requests a second of one replica at the targets; null: not known. By Little's law a short wait at the gateway counts as
 * service, and a busy replica seems to be worth less than it is: what was seen while all were full says how much.
 */
export function eachRpsOf({ served, load, full }: Worth): number | null {
  if (!(served >= ENOUGH && load > 0)) return null;
  const each = served / load;
  return full.load > 0
    ? Math.min(Math.max(each, full.served / full.load), each * MOST_HIDDEN)
    : each;
}

/** The same of one that is never idle. */
export function fullRpsOf({ full }: Worth, eachRps: number): number {
  const seen = full.seconds > 0 ? full.served / full.seconds : eachRps / USUAL_SHARE;
  return Math.max(eachRps, seen);
}

// Private

const HALF_LIFE_S = 300;
const LONGEST_S = 60;
const ENOUGH = 20;

/** Of time in which all were full, half is forgotten in ten minutes of such time. */
const FULL_KEPT = 2 ** (-1 / 600);

/** More than that is no wait that was not seen: they have become slower. */
const MOST_HIDDEN = 1.15;

/** Who sets a target leaves about so much room. */
const USUAL_SHARE = 0.7;

/** In replicas at their targets, by what follows the load in proportion. */
function busyLoad({ scale: { target }, snapshot: { stable }, replicas }: PolicyInput): number {
  const share = (total: number, goal: number): number => (goal > 0 ? total / goal : 0);
  const value = (reading: Reading): number => (reading.kind === 'value' ? reading.value : 0);
  let load = 0;
  if (target.rps !== undefined) load = share(value(stable.rps), target.rps);
  if (target.concurrency !== undefined)
    load = Math.max(load, share(value(stable.concurrency), target.concurrency));
  if (target.cpu === undefined || stable.cpu.kind !== 'value') return load;
  // New ones are busy starting.
  const isSettled = replicas.ready === replicas.desired;
  return isSettled ? Math.max(load, share(stable.cpu.value * replicas.ready, target.cpu)) : 0;
}

function isWorth(memory: unknown): memory is Worth {
  const known = (memory ?? {}) as Record<keyof Worth, unknown>;
  const full = (known.full ?? {}) as Record<keyof Worth['full'], unknown>;
  // At each decision: one by one, nothing is made anew for it.
  return (
    Number.isFinite(known.at) &&
    Number.isFinite(known.served) &&
    Number.isFinite(known.load) &&
    Number.isFinite(known.ready) &&
    Number.isFinite(known.readySince) &&
    Number.isFinite(full.served) &&
    Number.isFinite(full.load) &&
    Number.isFinite(full.seconds) &&
    (known.queued === null || Number.isFinite(known.queued))
  );
}
