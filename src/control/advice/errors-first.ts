import { MINUTE } from '../../kit/clock.ts';
import { boundTime } from './bound-time.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

const LEAST_MS = MINUTE;

/** The brake held the count because too many requests failed. */
export function errorsFirst(evidence: Evidence): Finding | null {
  const limit = evidence.spec.scale.brake.errors;
  if (limit === null) return null;
  const braked = boundTime(evidence, 'brake', ({ reasons }) =>
    reasons.some(({ kind }) => kind === 'brake'),
  );
  if (!braked || braked.heldMs < LEAST_MS) return null;
  const { decisions, heldMs, from, to } = braked;
  const errors = decisions.flatMap(({ reasons }) =>
    reasons.flatMap((each) => (each.kind === 'brake' ? [each.errors] : [])),
  );
  const lastAt = decisions.at(-1)?.at ?? to;
  const worst = Math.max(...errors);
  return { kind: 'errors', heldMs, times: decisions.length, worst, limit, lastAt, from, to };
}
