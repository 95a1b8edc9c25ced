import type { View } from '../../scaler.ts';
import { READINESS } from './pods.ts';

/** How many of a service's replicas have a CPU metric that counts: the rules of `groupPods`, kept as counts from tick to tick. */
export interface Readiness {
  /** At the end of every tick. */
  note(view: View): void;
  /** `metricAt`, `windowMs`: of the metrics as they are read now. */
  unready(now: number, metricAt: number, windowMs: number): number;
}

/** Those ready before the first tick are old; the youngest are the first to go. */
export function createReadiness(): Readiness {
  const young: { readyAt: number; startedAt: number }[] = [];
  let ready: number | null = null;
  let starting = 0;
  return {
    note(view) {
      const gone = ready === null ? 0 : ready + view.started.length - view.ready;
      for (const tookMs of view.started) {
        young.push({ readyAt: view.now, startedAt: view.now - tookMs });
      }
      if (gone > 0 && young.length > 0) young.splice(Math.max(0, young.length - gone));
      ready = view.ready;
      starting = view.starting;
    },
    unready(now, metricAt, windowMs) {
      // In order of time: the first that counts is followed by those that may not.
      while (young[0] && metricAt >= young[0].readyAt + windowMs) young.shift();
      let unready = starting;
      for (const { startedAt } of young) {
        if (startedAt + READINESS.cpuInitializationMs > now) unready += 1;
      }
      return unready;
    },
  };
}
