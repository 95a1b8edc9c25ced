import type { Scaler } from '../../scaler.ts';
import type { PeerContext } from '../context.ts';
import { TICK_MS } from '../context.ts';
import type { MetricPipeline } from '../metric-window.ts';
import type { Behavior } from './behavior.ts';
import { createHpaController, HPA_DEFAULTS, hpaBounds } from './controller.ts';
import { createCpuMetric, METRICS_SERVER, proposeFromCpu } from './cpu-metric.ts';

export interface HpaOptions {
  /** What the HPA writes under `behavior`; default nothing: the older way. */
  readonly behavior?: Behavior;
  readonly pipeline?: MetricPipeline;
}

/**
 * Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) on CPU utilisation, each replica requesting what it uses when all
 * its places are busy. `utilization`: 0..1, in whole percent.
 */
export function createHpa(
  utilization: number,
  { model, tickMs = TICK_MS }: PeerContext,
  { behavior, pipeline = METRICS_SERVER }: HpaOptions = {},
): Scaler {
  const cpu = createCpuMetric(pipeline, tickMs);
  const controller = createHpaController({ ...hpaBounds(model), behavior: behavior ?? null });
  const target = Math.round(utilization * 100);
  return {
    everyMs: HPA_DEFAULTS.syncMs,
    observe: cpu.note,
    decide: (view) =>
      controller.sync(view.now, view.desired, () => [
        proposeFromCpu(cpu.usage(view), view, target),
      ]),
  };
}
