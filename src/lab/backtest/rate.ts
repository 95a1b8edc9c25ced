import type { Trace } from './trace.ts';

export interface RateOptions {
  /** Times the rates of the trace. Default 1. */
  readonly multiply?: number;
  /** Each rate holds for its whole step, instead of going in a straight line from the middle of one step to the next. */
  readonly hold?: boolean;
}

/** Requests a second at a moment, ms since the start of the trace; before its first middle and after its last they hold. */
export type Rate = (atMs: number) => number;

/** The rate of a trace at any moment. */
export function createRate(
  { stepMs, rps }: Trace,
  { multiply = 1, hold = false }: RateOptions = {},
): Rate {
  const last = rps.length - 1;
  const at = (step: number): number => rps[Math.max(0, Math.min(last, step))] as number;
  if (hold) return (atMs) => multiply * at(Math.floor(atMs / stepMs));
  return (atMs) => {
    const middles = atMs / stepMs - 0.5;
    const before = Math.floor(middles);
    const from = at(before);
    return multiply * (from + (at(before + 1) - from) * (middles - before));
  };
}

/** How long a trace lasts, ms. */
export function durationMs({ stepMs, rps }: Trace): number {
  return stepMs * rps.length;
}

/** The mean rate of each span of `tickMs`: a tick that is longer than the steps sees all of them. */
export function perTick(rate: Rate, stepMs: number, tickMs: number): Rate {
  const looks = Math.max(1, Math.ceil(tickMs / stepMs));
  if (looks === 1) return (fromMs) => rate(fromMs + tickMs / 2);
  return (fromMs) => {
    let sum = 0;
    for (let look = 0; look < looks; look++) sum += rate(fromMs + ((look + 0.5) * tickMs) / looks);
    return sum / looks;
  };
}
