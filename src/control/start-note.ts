import { humanDuration } from '../kit/duration.ts';
import type { HealthSpec } from '../spec/spec.ts';
import type { Replica } from './roster.ts';

/** What a replica that starts is waited for, and for how long: `'waits for /health, 12 of 60 s: answered 500'`. */
export function startNote(
  { startedAt, lastAnswer, note }: Pick<Replica, 'startedAt' | 'lastAnswer' | 'note'>,
  { path, startupMs }: Pick<HealthSpec, 'path' | 'startupMs'>,
  now: number,
): string {
  const waitedMs = Math.min(Math.max(0, now - startedAt), startupMs);
  const of =
    startupMs < 1000
      ? humanDuration(startupMs)
      : `${Math.floor(waitedMs / 1000)} of ${Number((startupMs / 1000).toFixed(1))} s`;
  const answer = lastAnswer === null ? '' : `: ${lastAnswer}`;
  const more = note === null ? '' : `; ${note.text}`;
  return `waits for ${path ?? 'its port to open'}, ${of}${answer}${more}`;
}
