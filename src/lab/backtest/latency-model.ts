import { someWait } from './bunching.ts';
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
const NEGLIGIBLE = 1e-5;

export function createLatencyModel(
  model: Pick<ServiceModel, 'serviceMs' | 'serviceCv' | 'sloMs' | 'timeoutMs'>,
  tickMs: number,
): LatencyModel {
  const service = createServiceTime(model.serviceMs, model.serviceCv);
  const classes = createWaitClasses(service, model.timeoutMs + 2 * tickMs);
  const { edgesMs, middlesMs } = classes;
  const last = middlesMs.length - 1;
  const late = middlesMs.map((waitMs) => service.longerThan(model.sloMs - waitMs));
  const shares = new Float64Array(middlesMs.length);
  const varies = 1 + model.serviceCv * model.serviceCv;

  return {
    emptyCounts: () => createLatencyCounts(classes, service.meanMs),
    waited(into, requests, fromMs, toMs) {
      into.addSpan(requests, fromMs, toMs);
      return requests * service.meanLongerThan(model.sloMs - toMs, model.sloMs - fromMs);
    },
    /**
     * Below saturation some wait all the same. How long: the surplus of arrivals over service within the tick is a
     * Brownian bridge that ends `spare` below where it began, whose maximum is above x with probability
     * e^(−2x(x+spare)/σ²). With much to spare that is the exponential wait of heavy traffic (J. F. C. Kingman, "The
     * single server queue in heavy traffic", 1961). What is left of it at the end of the tick is `bunching.ts`.
     */
    hardlyWaited(into, requests, { places, tickMs: spanMs, arrivals, spare }) {
      const room = arrivals + spare;
      const some = someWait(arrivals / room, places);
      const perMs = room / spanMs;
      const variance = arrivals * varies;
      let left = 1;
      let lateShare = 0;
      let index = 0;
      for (; index < last && left > NEGLIGIBLE; index++) {
        const ahead = (edgesMs[index + 1] as number) * perMs;
        const longer = some * Math.exp((-2 * ahead * (ahead + spare)) / variance);
        shares[index] = left - longer;
        lateShare += (left - longer) * (late[index] as number);
        left = longer;
      }
      shares[index] = left;
      into.addShares(requests, shares, index + 1);
      lateShare += left * (late[index] as number);
      return requests * lateShare;
    },
  };
}
