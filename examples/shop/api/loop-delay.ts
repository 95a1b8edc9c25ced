import { monitorEventLoopDelay } from 'node:perf_hooks';

const histogram = monitorEventLoopDelay({ resolution: 10 });
histogram.enable();

/** How late the event loop was since the last question, in ms: large when something keeps it busy. */
export function loopDelay(): { readonly p50: number; readonly p99: number; readonly max: number } {
  const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e4) / 100;
  const delay = {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
  histogram.reset();
  return delay;
}
