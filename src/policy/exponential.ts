import { stepwise } from './linear.ts';
import type { PolicyInput, Wish } from './wish.ts';

/** This many times the threshold is far over it. */
const FAR_OVER = 2;

/** ×1.5 over an up threshold, ×2 at twice the threshold or more, rounded up; down by one, as `linear`. */
export function exponential(input: PolicyInput): Wish {
  return stepwise(input, 'exponential', (current, overload) =>
    Math.max(current + 1, Math.ceil(current * (overload >= FAR_OVER ? 2 : 1.5))),
  );
}
