import type { Spec } from '../spec/spec.ts';

/** What `up` says once of who may send tasks when nobody said who may; null when there is nothing to say. */
export function tasksNote({ tasks }: Pick<Spec, 'tasks'>): string | null {
  if (tasks === null || tasks.auth !== null) return null;
  return `Tasks at ${tasks.path} are taken from this machine only, and shown to it only; tasks.auth lets callers with a token in.`;
}
