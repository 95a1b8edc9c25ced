/**
 * What is known of one number. *Missing* (the source is silent or stale) and *not applicable* (the source is live and
 * there is nothing to measure) are different facts: the first holds a decision, the second skips a rule.
 */
export type Reading =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'missing'; readonly silentMs: number | null }
  | { readonly kind: 'not-applicable' };

export const NOT_APPLICABLE: Reading = { kind: 'not-applicable' };

/** A reading of a finite number; anything else is a source that does not work, hence missing. */
export function reading(value: number): Reading {
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'missing', silentMs: null };
}

export function missing(silentMs: number | null): Reading {
  return { kind: 'missing', silentMs };
}

/** The number, or null when missing or not applicable, as the API and the commands print it. */
export function valueOrNull(reading: Reading): number | null {
  return reading.kind === 'value' ? reading.value : null;
}
