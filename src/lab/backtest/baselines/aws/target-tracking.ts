/**
 * AWS target tracking as it is inferred: the documents give the alarms (three minutes above, fifteen below), the cooldowns
 * and that it rounds to the safe side; the formula of the step is not published.
 */
export const AWS_DEFAULTS = {
  periodMs: 60_000,
  highPeriods: 3,
  lowPeriods: 15,
  /** The lower alarm stands about so far below the target. */
  lowShare: 0.9,
  /** ECS; other services have none. */
  cooldownMs: 300_000,
} as const;

export interface TargetTracking {
  /** At each minute, `metric`: the mean of it for each replica in service; null: no data, and nothing is done. */
  period(now: number, metric: number | null, inService: number, desired: number): number;
}

/** `target` for each replica, in the metric's unit. */
export function createTargetTracking(target: number, min: number, max: number): TargetTracking {
  const { highPeriods, lowPeriods, lowShare, cooldownMs } = AWS_DEFAULTS;
  const last: number[] = [];
  let lastInAt = -Infinity;

  const isHigh = (): boolean =>
    last.length >= highPeriods && last.slice(-highPeriods).every((metric) => metric > target);
  const isLow = (): boolean =>
    last.length >= lowPeriods && last.every((metric) => metric < lowShare * target);

  return {
    period(now, metric, inService, desired) {
      if (metric === null) {
        last.length = 0;
        return desired;
      }
      last.push(metric);
      if (last.length > lowPeriods) last.shift();
      // What was added before counts, ready or not: only a larger step is taken.
      if (isHigh())
        return Math.max(desired, Math.min(Math.ceil((inService * metric) / target), max));
      // After a step out the fifteen minutes outlast its cooldown.
      if (!isLow() || now - lastInAt < cooldownMs) return desired;
      // So many that none of these minutes would have been above the target.
      const wanted = Math.max(Math.ceil((inService * Math.max(...last)) / target), min);
      if (wanted >= desired) return desired;
      lastInAt = now;
      return wanted;
    },
  };
}
