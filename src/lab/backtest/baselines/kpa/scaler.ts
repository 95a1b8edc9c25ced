import type { Scaler } from '../../scaler.ts';
import type { PeerContext } from '../context.ts';
import { TICK_MS } from '../context.ts';
import type { Decider } from './decide.ts';
import { createDecider, KPA_DEFAULTS } from './decide.ts';
import { createToZero } from './to-zero.ts';
import { createBuckets } from './windows.ts';

/**
 * Knative's autoscaler on concurrency: `containerConcurrency` is what the model gives a replica, and what waits counts,
 * as the activator or the queue-proxies count it. `utilization`: the share of that concurrency it aims at.
 */
export function createKpa(utilization: number, { model, tickMs = TICK_MS }: PeerContext): Scaler {
  const stable = createBuckets(KPA_DEFAULTS.stableWindowMs / 1000);
  const panic = createBuckets(KPA_DEFAULTS.panicWindowMs / 1000);
  const toZero = createToZero();
  const total = model.concurrency;
  const target = Math.max(KPA_DEFAULTS.targetMin, total * utilization);
  const seconds = Math.max(1, Math.floor(tickMs / 1000));
  let decider: Decider | null = null;
  let sinceTickMs = 0;
  let queuedBefore = 0;
  let noted = 0;
  let notedTicks = 0;

  return {
    everyMs: tickMs,
    decide(view) {
      const { now, ready, desired } = view;
      // What is recorded is a mean over the second, so of the queue it is its beginning and its end.
      const waiting = (queuedBefore + view.queued) / 2;
      queuedBefore = view.queued;
      const load = view.utilization * ready * model.concurrency + waiting;
      // The activator pokes it when it gets something for nobody, and says what.
      const isPoked = desired === 0 && view.queued > 0;
      noted += load;
      notedTicks += 1;
      // One record a second: a bucket that has had a part of its own makes the mean of all six smaller than it is.
      if (notedTicks * tickMs >= 1000 || isPoked) {
        const mean = noted / notedTicks;
        for (let second = seconds - 1; second >= 0; second -= 1) {
          stable.record(now - second * 1000, mean);
          panic.record(now - second * 1000, mean);
        }
        noted = 0;
        notedTicks = 0;
      }
      decider ??= createDecider({ ...KPA_DEFAULTS, target, total, reachable: true }, now, ready);
      sinceTickMs += tickMs;
      if (sinceTickMs < KPA_DEFAULTS.tickMs && !isPoked) return desired;
      if (sinceTickMs >= KPA_DEFAULTS.tickMs) sinceTickMs = 0;
      const { replicas, excessBurstCapacity } = decider.decide(
        now,
        ready,
        stable.windowAverage(now),
        panic.windowAverage(now),
      );
      const wanted = Math.min(Math.max(replicas, model.min), model.max);
      return toZero.reconcile(now, wanted, desired, ready, excessBurstCapacity);
    },
  };
}
