import type { Log } from '../../kit/log.ts';
import type { Learned } from '../../policy/learned.ts';
import type { Learner } from '../../policy/learner.ts';

/** A learner whose failures stay with it. */
export interface GuardedLearner {
  tell(what: (learner: Learner) => void): void;
  /** Null: it failed, now or before: from then on nothing is learned, and the policies go on without. */
  read(now: number): Learned | null;
}

export function guardedLearner(
  create: () => Learner,
  { log, service }: { readonly log: Log; readonly service: string },
): GuardedLearner {
  let learner: Learner | null = null;
  let failed = false;

  const attempt = <T>(work: (learner: Learner) => T): T | null => {
    if (failed) return null;
    try {
      learner ??= create();
      return work(learner);
    } catch (err) {
      failed = true;
      learner = null;
      log.error({ err, service }, 'learning failed: its policies go on without what was learned');
      return null;
    }
  };

  return {
    tell: (what) => void attempt(what),
    read: (now) => attempt((known) => known.read(now)),
  };
}
