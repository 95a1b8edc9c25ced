import type { View } from '../../scaler.ts';
import type { MetricPipeline } from '../metric-window.ts';
import { createMetricWindow } from '../metric-window.ts';
import { HPA_DEFAULTS } from './controller.ts';
import type { PodUsage, Proposal } from './proposal.ts';
import { utilizationProposal } from './proposal.ts';
import { createReadiness } from './readiness.ts';

/**
 * Where the CPU that an HPA reads comes from: metrics-server hands on the mean between its last two scrapes, 15 s apart, of
 * what the kubelet sampled up to 15 s before; together it ends 15 s ago on average.
 */
export const METRICS_SERVER: MetricPipeline = { windowMs: 15_000, delayMs: 15_000 };

/** Thousandths of a core: what a replica that is never idle uses, and what it requests. */
const MILLICORES = 1_000;

/** The CPU of a service's replicas as metrics-server shows it. All replicas share the work evenly: one queue feeds them. */
export interface CpuMetric {
  /** At the end of every tick. */
  note(view: View): void;
  /** Null: there is no metric yet. */
  usage(view: View): PodUsage | null;
}

export function createCpuMetric(pipeline: MetricPipeline, tickMs: number): CpuMetric {
  const window = createMetricWindow(pipeline, tickMs);
  const readiness = createReadiness();
  return {
    note(view) {
      window.push(view.utilization);
      readiness.note(view);
    },
    usage({ now, ready, starting }) {
      const mean = window.mean();
      if (mean === null) return null;
      const unready = readiness.unready(now, now - pipeline.delayMs, pipeline.windowMs);
      const counted = Math.max(0, ready + starting - unready);
      return { counted, total: counted * Math.trunc(mean * MILLICORES), unready, missing: 0 };
    },
  };
}

/** What the CPU proposes; `target` in whole percent. */
export function proposeFromCpu(
  usage: PodUsage | null,
  { desired }: View,
  target: number,
): Proposal {
  return usage && utilizationProposal(desired, usage, MILLICORES, target, HPA_DEFAULTS.tolerance);
}
