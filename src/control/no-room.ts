import { renderReason } from '../policy/reasons.ts';
import type { StoredDecision } from '../state/decisions.ts';

/** How the host guard kept this decision from starting a replica, in words; null: it did not. */
export function noRoom(
  decision: Pick<StoredDecision, 'binding' | 'reasons'> | null,
): string | null {
  if (decision?.binding !== 'guard') return null;
  return (
    decision.reasons.flatMap((each) => (each.kind === 'guard' ? [renderReason(each)] : []))[0] ??
    null
  );
}
