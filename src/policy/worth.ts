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
  /** How many times its target a replica can be busy, as seen while requests waited; null: none did yet. */
  readonly most: number | null;
  /** Waiting at the gateway the last time; null: not known. */
  readonly queued: number | null;
}

/** What was remembered of it; of anything else, nothing. */
export function worthOf(memory: unknown, now: number): Worth {
  if (isWorth(memory)) return memory;
  return { at: now, served: 0, load: 0, most: null, queued: null };
}

/** With what the signals say now. Where they are silent, or tell of a time of change, it stays as it is. */
export function learnWorth(before: Worth, input: PolicyInput): Worth {
  const { now, snapshot, replicas } = input;
  const { rps, queued } = snapshot.stable;
  if (rps.kind !== 'value' || queued.kind !== 'value') return { ...before, at: now, queued: null };
  const next = { ...before, at: now, queued: queued.value };
  const seconds = (now - before.at) / 1000;
  const load = busyLoad(input);
  if (before.queued === null || !(seconds > 0 && seconds <= LONGEST_S) || load <= 0) return next;
  // What arrives and is not waiting is served.
  const served = rps.value - (queued.value - before.queued) / seconds;
  if (served <= 0) return next;
  const kept = 2 ** (-seconds / HALF_LIFE_S);
  const isFull = replicas.ready > 0 && queued.value >= load;
  const each = load / Math.max(1, replicas.ready);
  return {
    ...next,
    served: before.served * kept + served * seconds,
    load: before.load * kept + load * seconds,
    most: isFull ? (before.most ?? each) * (1 - NEWEST) + each * NEWEST : before.most,
  };
}

/** Requests a second of one replica at the targets; null: not known. */
export function eachRpsOf({ served, load }: Worth): number | null {
  return served >= ENOUGH && load > 0 ? served / load : null;
}

/** The same of one that is never idle. */
export function fullRpsOf({ most }: Worth, eachRps: number): number {
  return eachRps * Math.max(1, most ?? USUAL_MOST);
}

// Private

const HALF_LIFE_S = 300;
const LONGEST_S = 60;
const ENOUGH = 20;
const NEWEST = 0.05;

/** Who sets a target leaves room: a third, if they do as most. */
const USUAL_MOST = 1 / 0.7;

/** In replicas at their targets, by what follows the load in proportion. */
function busyLoad({ scale: { target }, snapshot: { stable }, replicas }: PolicyInput): number {
  const { rps, concurrency, cpu } = stable;
  const share = (total: number, goal: number | undefined): number =>
    goal === undefined || !(goal > 0) ? 0 : total / goal;
  let load = 0;
  if (rps.kind === 'value') load = share(rps.value, target.rps);
  if (concurrency.kind === 'value')
    load = Math.max(load, share(concurrency.value, target.concurrency));
  // New ones are busy starting.
  const isSettled = replicas.ready === replicas.desired;
  if (target.cpu !== undefined && cpu.kind === 'value')
    load = isSettled ? Math.max(load, share(cpu.value * replicas.ready, target.cpu)) : 0;
  return load;
}

function isWorth(memory: unknown): memory is Worth {
  const { at, served, load, most, queued } = (memory ?? {}) as Record<string, unknown>;
  const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);
  return (
    [at, served, load].every((value) => Number.isFinite(value)) &&
    isNumberOrNull(most) &&
    isNumberOrNull(queued)
  );
}
