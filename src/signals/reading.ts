/**
 * What is known of one number. *Missing* (the source is silent or stale) and *not applicable* (the source is live and
 * there is nothing to measure) are different facts: the first holds a decision, the second skips a rule.
 */
export type Reading =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'missing'; readonly silentMs: number | null }
  | {
      readonly kind: 'not-applicable';
      /** The configuration does not ask for it: nothing to measure, now or later. */
      readonly unset?: true;
      /** There is a number, but no evidence: fit to be shown, not to be acted on. */
      readonly few?: TooFew;
      /** It was measured with another number of replicas than the one in question, and does not follow from it. */
      readonly otherCount?: true;
    };

/** A percentile of too few requests. */
interface TooFew {
  readonly value: number;
  readonly requests: number;
}

export const NOT_APPLICABLE: Reading = { kind: 'not-applicable' };

export const UNSET: Reading = { kind: 'not-applicable', unset: true };

/** A reading of a finite number; anything else is a source that does not work, hence missing. */
export function reading(value: number): Reading {
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'missing', silentMs: null };
}

export function missing(silentMs: number | null): Reading {
  return { kind: 'missing', silentMs };
}

/** Of a number of replicas that there were not. */
export const OTHER_COUNT: Reading = { kind: 'not-applicable', otherCount: true };

export function tooFew(value: number, requests: number): Reading {
  return { kind: 'not-applicable', few: { value, requests } };
}

/** The number, or null when there is none, as the API and the commands print it; one of too few requests as well. */
export function valueOrNull(reading: Reading): number | null {
  if (reading.kind === 'missing') return null;
  return reading.kind === 'value' ? reading.value : (reading.few?.value ?? null);
}
