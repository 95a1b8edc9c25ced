import type { Clock } from '../../kit/clock.ts';
import { messageOf, TidegateError } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { startLoop } from '../../kit/loop.ts';
import { createPace } from './pace.ts';

/** Something that is asked again and again. */
export interface Source {
  /** Why it is silent, as a sentence; null: it answers, or was not asked yet. */
  problem(): string | null;
  /** Whether what it said last is of now; when it is not, nothing is known. */
  fresh(): boolean;
  /** Resolves when a question under way has ended. */
  stop(): Promise<void>;
}

/**
 * Asks once a second, where that always takes long less often (`pace.ts`), never twice at once. What it throws is logged
 * once, and once when it answers again; until then it is silent, which is not zero. `ask` ends by itself, and may throw.
 */
export function watchSource<T>(options: {
  readonly name: string;
  readonly ask: () => Promise<T>;
  readonly onAnswer: (answer: T, at: number) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** ms of a clock that nobody sets: how old an answer is, and how long it took. */
  readonly elapsed?: () => number;
}): Source {
  const { name, clock, log, elapsed = () => performance.now() } = options;
  const pace = createPace();
  let answeredAt: number | null = null;
  let problem: string | null = null;

  const turn = async (): Promise<void> => {
    const startedAt = elapsed();
    try {
      const answer = await options.ask();
      if (problem !== null) log.info({ source: name }, `${name} answers again`);
      problem = null;
      answeredAt = elapsed();
      options.onAnswer(answer, clock.now());
    } catch (err) {
      if (problem === null)
        log.warn({ err, source: name }, `${name} is silent: its backlog is not known`);
      // What was made for people is a sentence already; its cause is in the log.
      problem = err instanceof TidegateError ? err.message : messageOf(err);
      answeredAt = null;
    } finally {
      pace.took(elapsed() - startedAt);
    }
  };
  const loop = startLoop({
    intervalMs: pace.intervalMs,
    turn,
    onError: (err) => log.error({ err, source: name }, 'a look at a backlog failed'),
  });

  return {
    problem: () => problem,
    fresh: () =>
      answeredAt !== null && elapsed() - answeredAt <= 3 * pace.intervalMs() + pace.slowestMs(),
    stop: () => loop.stop(),
  };
}
