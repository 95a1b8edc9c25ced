/** Something that could be better, seen in what was recorded. */
export interface RecommendationView {
  /** Stays the same while it holds: `api.memory-limit`. */
  readonly id: string;
  readonly service: string;
  readonly kind: 'trouble' | 'saving' | 'advice';
  /** What to do: `The limit could be 256 MB.` */
  readonly title: string;
  /** Why, with the numbers: `memory was never above 31 % of 512 MB in 3 days`. */
  readonly evidence: string;
  /** What of the recording it rests on, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** The key of the configuration and its new value, as one would write it; null: nothing to write. */
  readonly change: { readonly key: string; readonly value: string } | null;
  /** What does it, or brings the change about, to be typed; null: nothing. */
  readonly command: string | null;
  /** What a button can do at once; null: nothing. */
  readonly action: 'release' | 'resume' | null;
}
