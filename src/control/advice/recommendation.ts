import type { Finding } from './finding.ts';

/** A finding as a person reads it. Moments in ms since the epoch. */
export interface Recommendation {
  /** Stays the same while it holds. */
  readonly id: string;
  readonly service: string;
  readonly kind: 'trouble' | 'saving' | 'advice';
  /** What to do. */
  readonly title: string;
  /** Why, with the numbers. */
  readonly evidence: string;
  readonly from: number;
  readonly to: number;
  readonly change: { readonly key: string; readonly value: string } | null;
  readonly command: string | null;
  /** What somebody can undo at once: a count held by hand, a pause. */
  readonly action: 'release' | 'resume' | null;
}

/** What differs between findings; a key is below the service's. */
export interface Words extends Pick<Recommendation, 'kind' | 'title' | 'evidence'> {
  readonly change?: readonly [key: string, value: string] | null;
  readonly command?: string;
  readonly action?: Recommendation['action'];
}

export type Of<Kind extends Finding['kind']> = Extract<Finding, { readonly kind: Kind }>;
