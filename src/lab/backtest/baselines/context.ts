import type { RateOptions } from '../rate.ts';
import type { ServiceModel } from '../service-model.ts';
import type { Trace } from '../trace.ts';

/** What a peer is built for, as the replay is told it. Of the trace, only the clairvoyant looks ahead, and static at its peak. */
export interface PeerContext extends RateOptions {
  readonly model: ServiceModel;
  readonly trace: Trace;
  /** Default 1000. */
  readonly tickMs?: number;
}

/** The tick of a replay that does not say. */
export const TICK_MS = 1_000;
