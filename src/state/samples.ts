import type { SignalName } from '../signals/snapshot.ts';

/** One point of a service's history. */
export interface SampleRow {
  readonly service: string;
  /** ms since the epoch; of a coarser row, the start of its span. */
  readonly at: number;
  readonly ready: number;
  readonly desired: number;
  readonly signals: Readonly<Partial<Record<SignalName, number | null>>>;
}

/** Kept 1 s for 2 h, 10 s for 2 days, 1 min for 60 days. */
export interface SampleStore {
  add(row: SampleRow): void;
  /** Oldest first, at the finest resolution still kept for the span, at most `limit` points evenly thinned. */
  range(service: string, from: number, to: number, limit: number): readonly SampleRow[];
}
