import type { ReplicaStatus } from '../../contract.ts';
import { span } from '../format.ts';
import type { Tone } from '../words.ts';

const TONES: Readonly<Record<string, Tone>> = {
  ready: 'good',
  starting: 'warn',
  draining: 'warn',
  failed: 'bad',
};

/** Null: nothing to say of it. */
export function replicaTone({
  state,
  healthy,
  ejected,
}: Pick<ReplicaStatus, 'state' | 'healthy' | 'ejected'>): Tone | null {
  if (healthy === false || ejected) return 'bad';
  return TONES[state] ?? null;
}

/** What was last told of it, else since when it runs. */
export function replicaNote(replica: ReplicaStatus, now: number): string {
  const { ejected, note, notedAt, startedAt } = replica;
  if (ejected) return ejected.reason;
  if (note !== null) return notedAt === null ? note : `${note}, ${ago(notedAt, now)} ago`;
  return startedAt === null ? '' : `up ${ago(startedAt, now)}`;
}

/** How full a bar is, 0 to 1, and how worrying that is; null: not known. */
export function fullness(
  value: number | null,
  of: number,
): { readonly share: number; readonly tone: 'calm' | 'warn' | 'bad' } | null {
  if (value === null) return null;
  const share = Math.min(1, Math.max(0, value / of));
  return { share, tone: share >= 0.95 ? 'bad' : share >= 0.8 ? 'warn' : 'calm' };
}

// Private

function ago(at: string, now: number): string {
  return span(now - Date.parse(at));
}
