import type { Bunching } from './bunching.ts';
import type { LatencyCounts } from './latency-counts.ts';
import type { LatencyModel } from './latency-model.ts';
import type { ServiceModel } from './service-model.ts';

/**
 * One queue in front of all places, first come, first served, as a flow: within a tick arrivals are spread evenly, and
 * so are starts. What has waited longer than the timeout at the beginning of a tick is given up. Without `bunching` it is
 * the flow alone.
 */
export interface QueueModel {
  /** One tick on, with so many places (of ready replicas) and arrivals. */
  tick(arrivals: number, places: number): void;
  /** Of the tick: requests done, requests given up, requests known to be later than the SLO (given up ones included). */
  readonly finished: number;
  readonly givenUp: number;
  readonly violations: number;
  /** Of the tick: those that began to be served. */
  readonly latencies: LatencyCounts;
  /** The share of the places that were busy in the tick, 0..1. */
  readonly utilization: number;
  /** Being served, the mean over the tick: at its end alone, who looks sees all places full more often than they are. */
  readonly inService: number;
  /** At the end of the tick. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Of those that wait at the end of the tick: how many have done so for `ms` or longer. */
  waitingSince(ms: number): number;
}

export function createQueueModel(
  { serviceMs, timeoutMs }: Pick<ServiceModel, 'serviceMs' | 'timeoutMs'>,
  tickMs: number,
  latency: LatencyModel,
  bunching: Bunching = ({ room }) => room,
): QueueModel {
  const timeoutTicks = timeoutMs / tickMs;
  /** Arrivals of tick i are at i modulo the size; of the oldest (`head`) so many are gone already. */
  const cohorts = new Float64Array(Math.ceil(timeoutTicks) + 3);
  const latencies = latency.emptyCounts();
  const decay = Math.exp(-tickMs / serviceMs);
  let now = -1;
  let head = 0;
  // What has decimals is in objects: a variable would be a new number on the heap at each change.
  const state = { gone: 0, busy: 0, leaving: 0, placesBefore: 0 };
  const told = {
    finished: 0,
    givenUp: 0,
    violations: 0,
    utilization: 0,
    inService: 0,
    inFlight: 0,
    waiting: 0,
  };
  const flow = { waiting: 0, arrivals: 0, room: 0, places: 0 };
  const station = { places: 0, tickMs, arrivals: 0, spare: 0 };

  const inCohort = (tick: number): number => cohorts[tick % cohorts.length] as number;
  const nextCohort = (): void => {
    head++;
    state.gone = 0;
  };
  const giveUp = (): void => {
    for (let cohort = head; cohort < now; cohort++) {
      const all = inCohort(cohort);
      const expired = Math.min(all, (now - cohort - timeoutTicks) * all);
      if (expired > state.gone) {
        told.givenUp += expired - state.gone;
        state.gone = expired;
      }
      if (state.gone < all) return;
      nextCohort();
    }
  };
  /** Serves what waited before the tick, at most `room`; gives how many. */
  const serveWaiting = (room: number): number => {
    let served = 0;
    for (let cohort = head; cohort < now && served < room; cohort++) {
      const all = inCohort(cohort);
      const { gone } = state;
      const rest = all - gone;
      const taken = Math.min(rest, room - served);
      if (taken > 0) {
        const fromMs = tickMs * (now - cohort - gone / all + served / room);
        state.gone = taken === rest ? all : gone + taken;
        served += taken;
        const toMs = tickMs * (now - cohort - state.gone / all + served / room);
        told.violations += latency.waited(latencies, taken, fromMs, toMs);
      }
      if (state.gone < all) break;
      nextCohort();
    }
    return served;
  };
  /** Serves this tick's own arrivals with what room the waiting ones have left; gives how many. */
  const serveArrivals = (arrivals: number, before: number, room: number): number => {
    const served = Math.min(arrivals, room - before);
    const firstMs = (tickMs * before) / room;
    const perRequestMs = tickMs * (1 / room - 1 / arrivals);
    if (perRequestMs >= 0) {
      const lastMs = firstMs + served * perRequestMs;
      told.violations += latency.waited(latencies, served, firstMs, lastMs);
      return served;
    }
    const waited = Math.min(served, firstMs / -perRequestMs);
    if (waited > 0) {
      const lastMs = firstMs + waited * perRequestMs;
      told.violations += latency.waited(latencies, waited, firstMs, lastMs);
    }
    if (served > waited) {
      station.places = state.placesBefore;
      station.arrivals = arrivals;
      station.spare = Math.max(0, room - before - arrivals);
      told.violations += latency.hardlyWaited(latencies, served - waited, station);
    }
    return served;
  };

  return Object.assign(told, {
    latencies,
    tick(arrivals: number, places: number) {
      now++;
      told.finished = 0;
      told.givenUp = 0;
      told.violations = 0;
      latencies.clear();
      if (places < state.placesBefore) {
        const staying = (state.busy * places) / state.placesBefore;
        state.leaving += state.busy - staying;
        state.busy = staying;
      }
      state.placesBefore = places;
      cohorts[now % cohorts.length] = arrivals;

      giveUp();
      told.violations += told.givenUp;
      const waiting = told.waiting + arrivals - told.givenUp;
      const { busy } = state;
      const mean = Math.max(0, places - busy) + (places * tickMs) / serviceMs;
      flow.waiting = waiting - arrivals;
      flow.arrivals = arrivals;
      flow.room = mean;
      flow.places = places;
      const room = bunching(flow);
      // No place can have idled, however quick the requests happened to be.
      const isFull = places > 0 && waiting - arrivals >= Math.max(room, mean);
      let started = serveWaiting(room);
      if (head === now) {
        const own = arrivals > 0 && room > started ? serveArrivals(arrivals, started, room) : 0;
        state.gone = own;
        started += own;
        if (own >= arrivals) nextCohort();
      }
      const left = head > now ? 0 : waiting - started;

      const steady = (started * serviceMs) / tickMs;
      const busyAfter = Math.min(
        places,
        busy + started,
        left > 0 ? places : steady + (busy - steady) * decay,
      );
      const done = Math.max(0, busy + started - busyAfter);
      const used = places > 0 ? Math.min(1, (done * serviceMs) / (places * tickMs)) : 0;
      told.utilization = isFull ? 1 : used;
      told.finished = done + state.leaving * (1 - decay);
      state.leaving *= decay;
      state.busy = busyAfter;
      told.waiting = left;
      told.inService = told.utilization * places + state.leaving;
      told.inFlight = busyAfter + state.leaving;
    },
    waitingSince(ms: number) {
      let sum = 0;
      for (let tick = head; tick <= now; tick++) {
        const all = inCohort(tick);
        const late = Math.min(all, (now + 1 - tick - ms / tickMs) * all);
        sum += Math.max(0, late - (tick === head ? state.gone : 0));
      }
      return sum;
    },
  });
}
