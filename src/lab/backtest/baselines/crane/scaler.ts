import type { Scaler } from '../../scaler.ts';
import type { PeerContext } from '../context.ts';
import { TICK_MS } from '../context.ts';
import { createHpaController, HPA_DEFAULTS, hpaBounds } from '../hpa/controller.ts';
import { createCpuMetric, METRICS_SERVER, proposeFromCpu } from '../hpa/cpu-metric.ts';
import { perReplicaProposal } from '../hpa/proposal.ts';
import { createDsp } from './dsp.ts';

/**
 * Crane's EffectiveHPA: the HPA on CPU, and beside it the CPU that is expected to be used within the hour as an External
 * metric with the same target, once the CPU is found to repeat by the day or the week. `utilization` as for the HPA; a
 * replica has one core.
 */
export function createCrane(utilization: number, { model, tickMs = TICK_MS }: PeerContext): Scaler {
  const cpu = createCpuMetric(METRICS_SERVER, tickMs);
  const controller = createHpaController({ ...hpaBounds(model), behavior: null });
  const dsp = createDsp();
  const target = Math.round(utilization * 100);
  let cores = 0;
  let ticks = 0;
  return {
    everyMs: HPA_DEFAULTS.syncMs,
    observe(view) {
      cpu.note(view);
      cores += view.utilization * view.ready;
      ticks += 1;
      if (ticks * tickMs < 60_000) return;
      dsp.push(cores / ticks);
      cores = 0;
      ticks = 0;
    },
    decide: (view) =>
      controller.sync(view.now, view.desired, () => {
        const reactive = proposeFromCpu(cpu.usage(view), view, target);
        const expected = dsp.largestExpected();
        if (expected === null) return [reactive];
        const status = view.ready + view.starting;
        // Crane hands on whole cores, rounded down.
        const wholeCores = Math.trunc(expected);
        return [
          reactive,
          perReplicaProposal(status, wholeCores, target / 100, HPA_DEFAULTS.tolerance),
        ];
      }),
  };
}
