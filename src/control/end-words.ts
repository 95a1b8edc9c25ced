import { messageOf, TidegateError } from '../kit/errors.ts';
import type { ReplicaExit } from '../engine/engine.ts';

/** Of one that was adopted only its end is known. */
export function howItEnded({ code, signal }: ReplicaExit): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'ended' : `exited with code ${code}`;
}

/** What happened and what to do, as sentences. */
export function sentenceOf(thrown: unknown): string {
  const said = messageOf(thrown);
  if (!(thrown instanceof TidegateError) || !thrown.hint) return said;
  return `${said}${/[.!?:]$/.test(said) ? '' : '.'} ${thrown.hint}`;
}
