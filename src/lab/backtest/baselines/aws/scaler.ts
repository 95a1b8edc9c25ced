import type { Scaler } from '../../scaler.ts';
import { capacityRps } from '../../service-model.ts';
import type { PeerContext } from '../context.ts';
import { createHourlyForecast } from './predictive.ts';
import { AWS_DEFAULTS, createTargetTracking } from './target-tracking.ts';

/**
 * AWS target tracking on `ALBRequestCountPerTarget`, inferred. `utilization`: the target as a share of the requests a minute
 * that a replica can do.
 */
export function createAws(utilization: number, { model }: PeerContext): Scaler {
  const target = utilization * capacityRps(model) * 60;
  // It cannot come back from zero: without a target there is no metric.
  const tracking = createTargetTracking(target, Math.max(1, model.min), model.max);
  let requests = 0;
  return {
    everyMs: AWS_DEFAULTS.periodMs,
    observe(view) {
      requests += view.arrivals;
    },
    decide({ now, ready, desired }) {
      const metric = ready > 0 ? requests / ready : null;
      requests = 0;
      return tracking.period(now, metric, ready, Math.max(1, desired));
    },
  };
}

/** Target tracking with a stand-in for predictive scaling beside it: the larger of the two is asked for. */
export function createAwsPredictive(utilization: number, context: PeerContext): Scaler {
  const { observe, decide, everyMs } = createAws(utilization, context);
  const hourly = utilization * capacityRps(context.model) * 3600;
  const forecast = createHourlyForecast();
  let requests = 0;
  return {
    everyMs,
    observe(view) {
      observe?.(view);
      requests += view.arrivals;
    },
    decide(view) {
      forecast.add(view.now, requests);
      requests = 0;
      return Math.max(decide(view), Math.ceil(forecast.expected(view.now) / hourly));
    },
  };
}
