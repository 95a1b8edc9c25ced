import type { Reading } from '../signals/reading.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { Reason } from './decision.ts';

/** Why a rule says nothing: there was nothing to measure in `windowMs`, or too little to judge by. */
export function skipped(
  signal: SignalName,
  { few, unset, otherCount }: Extract<Reading, { readonly kind: 'not-applicable' }>,
  windowMs: number,
): Reason {
  return {
    kind: 'skipped',
    signal,
    windowMs,
    ...(few ? { requests: few.requests } : {}),
    ...(unset ? { unset } : {}),
    ...(otherCount ? { otherCount } : {}),
  };
}
