import type { Scaler } from '../../scaler.ts';
import { capacityRps } from '../../service-model.ts';
import type { PeerContext } from '../context.ts';
import { TICK_MS } from '../context.ts';
import { createHpaController, HPA_DEFAULTS, hpaBounds } from '../hpa/controller.ts';
import { perReplicaProposal } from '../hpa/proposal.ts';
import type { MetricPipeline } from '../metric-window.ts';
import { createMetricWindow } from '../metric-window.ts';
import { createActivation, KEDA_DEFAULTS } from './activation.ts';

/** `sum(rate(requests_total[1m]))` of a Prometheus that scrapes every 15 s: its last sample is 7.5 s old on average. */
const PROMETHEUS_RATE: MetricPipeline = { windowMs: 60_000, delayMs: 7_500 };

/**
 * KEDA with a Prometheus trigger: requests a second, `threshold` for each replica, through the HPA it makes (External
 * metric, AverageValue). `utilization`: the threshold as a share of what a replica can do.
 */
export function createKeda(
  utilization: number,
  { model, tickMs = TICK_MS }: PeerContext,
  pipeline = PROMETHEUS_RATE,
): Scaler {
  const rates = createMetricWindow(pipeline, tickMs);
  const activation = createActivation(model.min);
  const controller = createHpaController({ ...hpaBounds(model), behavior: null });
  const threshold = utilization * capacityRps(model);
  let polls = 0;

  return {
    everyMs: HPA_DEFAULTS.syncMs,
    observe(view) {
      rates.push((view.arrivals / view.tickMs) * 1000);
    },
    decide({ now, desired, ready, starting }) {
      const rps = rates.mean();
      const byHpa = controller.sync(now, desired, () => [
        rps === null
          ? null
          : perReplicaProposal(ready + starting, rps, threshold, HPA_DEFAULTS.tolerance),
      ]);
      polls += HPA_DEFAULTS.syncMs;
      if (polls < KEDA_DEFAULTS.pollingMs) return byHpa;
      polls = 0;
      return activation.poll(now, byHpa, rps);
    },
  };
}
