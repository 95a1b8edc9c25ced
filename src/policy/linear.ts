import { judge } from './rules.ts';
import type { PolicyInput, Wish } from './wish.ts';

/** Any up threshold crossed: one more. All applicable rules below their down thresholds: one fewer. */
export function linear(input: PolicyInput): Wish {
  return stepwise(input, 'linear', (current) => current + 1);
}

/** A policy of thresholds: up by `stepUp`, which is told how far over the worst rule is; down by one. */
export function stepwise(
  input: PolicyInput,
  by: 'linear' | 'exponential',
  stepUp: (current: number, overload: number) => number,
): Wish {
  const { memory } = input;
  const current = input.replicas.desired;
  const { overload, calm, missing, reasons } = judge(input);
  // Data that is there may ask for more; without all of it nothing goes down.
  if (overload === 0 && missing) return { count: null, reasons, memory };
  const count =
    overload > 0 ? stepUp(current, overload) : calm ? Math.max(0, current - 1) : current;
  if (count === current) return { count, reasons, memory };
  return { count, reasons: [...reasons, { kind: 'step', from: current, to: count, by }], memory };
}
