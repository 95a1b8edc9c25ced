import { createLatencyCounts } from './latency-counts.ts';
import type { LatencyCounts } from './latency-counts.ts';
import type { ServiceModel } from './service-model.ts';
import { createServiceTime } from './service-time.ts';
import { createWaitClasses } from './wait-classes.ts';

/** Latency is the wait for a place and the time to serve: says of waits how many requests end too late, and how long they took. */
export interface LatencyModel {
  emptyCounts(): LatencyCounts;
  /** Counts `requests` whose waits are spread evenly from `fromMs` to `toMs`; gives how many of them are later than the SLO. */
  waited(into: LatencyCounts, requests: number, fromMs: number, toMs: number): number;
  /** The same of requests that found places free on average, see `BusyStation`. */
  hardlyWaited(into: LatencyCounts, requests: number, station: BusyStation): number;
}

/** A station in a tick in which it kept up with its arrivals. */
export interface BusyStation {
  readonly places: number;
  readonly tickMs: number;
  /** In the tick: what came, and how much more could have been served. */
  readonly arrivals: number;
  readonly spare: number;
}

/** What is later than this share of the waits matters to nobody. */
const NEGLIGIBLE = 1e-6;

export function createLatencyModel(
  model: Pick<ServiceModel, 'serviceMs' | 'serviceCv' | 'sloMs' | 'timeoutMs'>,
  tickMs: number,
): LatencyModel {
  const service = createServiceTime(model.serviceMs, model.serviceCv);
  const classes = createWaitClasses(service, model.timeoutMs + 2 * tickMs);
  const { edgesMs, middlesMs } = classes;
  const late = middlesMs.map((waitMs) => service.longerThan(model.sloMs - waitMs));
  const varies = 1 + model.serviceCv * model.serviceCv;

  return {
    emptyCounts: () => createLatencyCounts(classes, service.meanMs),
    waited(into, requests, fromMs, toMs) {
      into.addSpan(requests, fromMs, toMs);
      return requests * service.meanLongerThan(model.sloMs - toMs, model.sloMs - fromMs);
    },
    /**
     * Below saturation some wait all the same, for arrivals come in bunches. That any wait at all: Sakasegawa's
     * ρ^(√(2(c+1))−1), close to Erlang's C ("An approximation formula L_q ≈ α·ρ^β/(1−ρ)", Annals of the Institute of
     * Statistical Mathematics 29, 1977). How long: the ticks have already said how many came in each, and what is more
     * than can be served stays in the queue; left is the bunching within the tick. The surplus of arrivals over service
     * in it is a Brownian bridge that ends `spare` below where it began, whose maximum is above x with probability
     * e^(−2x(x+spare)/σ²); σ² is the variance of arrivals and services. With much to spare that is the exponential wait
     * of Kingman's heavy-traffic limit ("The single server queue in heavy traffic", 1961).
     */
    hardlyWaited(into, requests, { places, tickMs: spanMs, arrivals, spare }) {
      const room = arrivals + spare;
      const load = room > 0 ? arrivals / room : 1;
      const some = load ** (Math.sqrt(2 * (places + 1)) - 1);
      const perMs = room / spanMs;
      const variance = arrivals * varies;
      let left = 1;
      let lateShare = 0;
      let index = 0;
      for (; index < middlesMs.length - 1 && left > NEGLIGIBLE; index++) {
        const ahead = (edgesMs[index + 1] as number) * perMs;
        const longer = some * Math.exp((-2 * ahead * (ahead + spare)) / variance);
        into.addClass(index, (left - longer) * requests);
        lateShare += (left - longer) * (late[index] as number);
        left = longer;
      }
      into.addClass(index, left * requests);
      lateShare += left * (late[index] as number);
      return requests * lateShare;
    },
  };
}
