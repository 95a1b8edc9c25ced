import type { Learned } from '../../policy/learned.ts';
import type { Learner } from '../../policy/learner.ts';
import type { Observation } from '../../policy/observation.ts';
import type { GuardedLearner } from './guarded-learner.ts';
import type { Recorded } from './recorded.ts';

/** What is learned of one service while it runs, after what was recorded of it before. */
export interface Learning {
  /** It is still being told what was recorded, and knows nothing until it was. */
  readonly isCatchingUp: boolean;
  observe(observation: Observation): void;
  /** A replica takes traffic, so long after it was ordered. */
  started(at: number, tookMs: number): void;
  /** What serves now; another revision than before has to be learned anew. */
  serves(revision: string, at: number): void;
  /** Null: nothing was learned, or not yet. */
  read(now: number): Learned | null;
  /** Tells some more of what was recorded, for about `forMs`; false when that is all. */
  catchUp(forMs: number): boolean;
  /** What was recorded cannot be told any further. */
  giveUp(): void;
}

/** `clockMs` is for slices of work, not for what happened when. */
export function createLearning(
  learner: GuardedLearner,
  recorded: Generator<readonly Recorded[], void>,
  clockMs: () => number,
): Learning {
  /** What happens while it catches up, told after what was before. */
  let waiting: ((learner: Learner) => void)[] | null = [];
  let page: readonly Recorded[] = [];
  let next = 0;
  let revision: string | null = null;

  const tell = (what: (learner: Learner) => void): void => {
    if (waiting) waiting.push(what);
    else learner.tell(what);
  };

  const finish = (): void => {
    const live = waiting ?? [];
    waiting = null;
    for (const what of live) learner.tell(what);
  };

  return {
    get isCatchingUp() {
      return waiting !== null;
    },
    observe: (observation) => tell((known) => known.observe(observation)),
    started: (at, tookMs) => tell((known) => known.replicaStarted(at, tookMs)),
    serves(now, at) {
      if (revision !== null && revision !== now) tell((known) => known.revised(at));
      revision = now;
    },
    read: (now) => (waiting ? null : learner.read(now)),
    catchUp(forMs) {
      if (!waiting) return false;
      const until = clockMs() + forMs;
      while (clockMs() < until) {
        if (next === page.length) {
          const more = recorded.next();
          if (more.done) {
            finish();
            return false;
          }
          [page, next] = [more.value, 0];
          continue;
        }
        // A few at a time: to ask for the time costs about as much as to tell one.
        for (let few = 0; few < 20 && next < page.length; few++)
          learner.tell((page[next++] as Recorded).tell);
      }
      return true;
    },
    giveUp: finish,
  };
}
