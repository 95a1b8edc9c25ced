import type { Expired } from '../store/expire-leases.ts';
import type { Api } from './api.ts';

/** Counts what became of a leased task: an end, or another try. */
export function noteEnd({ tally, clock }: Pick<Api, 'tally' | 'clock'>, ended: Expired): void {
  if (ended.state === 'queued') tally.retried(clock.now(), ended.queue);
  else tally.ended(clock.now(), ended.queue, ended);
}
