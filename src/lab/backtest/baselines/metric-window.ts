/** What was measured of each tick, read late and as a mean over a window, as a metrics pipeline hands it on. */
export interface MetricWindow {
  push(value: number): void;
  /** The mean over the window that ended `delay` ticks ago, over what there is of it; null: nothing yet. */
  mean(): number | null;
}

export interface MetricPipeline {
  readonly windowMs: number;
  /** How long ago the window ended. */
  readonly delayMs: number;
}

/** In whole ticks, the delay rounded in favour of who reads; the window has at least one. */
export function createMetricWindow(
  { windowMs, delayMs }: MetricPipeline,
  tickMs: number,
): MetricWindow {
  const ticks = Math.max(1, Math.round(windowMs / tickMs));
  const delay = Math.floor(delayMs / tickMs);
  const ring = new Float64Array(ticks + delay);
  let pushed = 0;
  return {
    push(value) {
      ring[pushed % ring.length] = value;
      pushed += 1;
    },
    mean() {
      const end = pushed - delay;
      const start = Math.max(0, end - ticks);
      if (end <= start) return null;
      let sum = 0;
      for (let i = start; i < end; i += 1) sum += ring[i % ring.length] ?? 0;
      return sum / (end - start);
    },
  };
}
