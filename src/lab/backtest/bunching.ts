import type { Chance } from './chance.ts';
import { normalTail } from './service-time.ts';

/** A tick, as the flow through it begins. */
export interface TickFlow {
  /** What waited before. */
  readonly waiting: number;
  readonly arrivals: number;
  /** So many could be served on average. */
  readonly room: number;
  readonly places: number;
}

/** How many can be served in the tick, drawn. */
export type Bunching = (flow: TickFlow) => number;

/**
 * What the mean flow of a tick hides, so that a busy station is felt below the tick. How long requests take varies: the
 * room of a tick is normal about its mean. And arrivals bunch within the tick: places idle in one part of it and a queue is
 * left from another, though all of them would have fitted. The queue at the end is drawn from what is exact for a Brownian
 * motion that is reflected at 0 (the limit of busy queues; J. M. Harrison, "Brownian Motion and Stochastic Flow Systems",
 * 1985): with a surplus of arrivals over service of `net` in the tick, the idle part is max(0, M − waiting), where M > m
 * with probability e^(−2m(m+net)/σ²). With many places there is a queue only now and then: see `someWait`.
 * Draws twice for every tick, whatever it is like.
 */
export function createBunching(serviceCv: number, chance: Chance): Bunching {
  const serviceVariance = serviceCv * serviceCv;
  return ({ waiting, arrivals, room, places }) => {
    const faster = chance.normal();
    const drawn = 1 - chance.uniform();
    const all = waiting + arrivals;
    const served = Math.min(all, room);
    if (served === 0) return room;
    const drawnRoom = Math.max(0, room + serviceCv * Math.sqrt(served) * faster);
    const some = someWait(all / drawnRoom, places);
    if (drawn >= some) return drawnRoom;
    const net = arrivals - drawnRoom;
    const variance = arrivals + serviceVariance * served;
    const idle = (Math.sqrt(net * net - 2 * variance * Math.log(drawn / some)) - net) / 2;
    const left = net + Math.max(waiting, idle);
    return Math.max(0, Math.min(drawnRoom, all - left));
  };
}

/**
 * The probability that all places are busy at once, where the load is so much of what they can do: Erlang's C in the limit
 * of many places, good to some per cent from one place on (S. Halfin, W. Whitt, "Heavy-traffic limits for queues with many
 * exponential servers", Operations Research 29:3, 1981).
 */
export function someWait(load: number, places: number): number {
  if (load >= 1) return 1;
  const spare = (1 - load) * Math.sqrt(places);
  if (spare > RARE) return 0;
  const density = Math.exp((-spare * spare) / 2) / Math.sqrt(2 * Math.PI);
  return density / (density + spare * (1 - normalTail(spare)));
}

// Private

/** In standard deviations: so much to spare is used up by less than one in ten million. */
const RARE = 5.5;
