import { codeOf, messageOf, TidegateError } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { type Answer, problem } from './answer.ts';

/** Answers for what was thrown, and says once in the log that the database is away or back. */
export interface Outage {
  /** Something was answered by the database. */
  over(): void;
  answer(thrown: unknown): Answer;
}

export function createOutage(log: Log): Outage {
  let away = false;
  return {
    over() {
      if (away) log.info({}, 'the database of the tasks answers again');
      away = false;
    },
    answer(thrown) {
      if (thrown instanceof TidegateError) {
        const { code, message, hint } = thrown;
        return problem(STATUSES[code] ?? 500, code, message, { hint });
      }
      if (isOurFault(thrown)) {
        log.error({ err: thrown }, 'a request failed');
        return problem(
          500,
          'INTERNAL',
          'Something went wrong inside; the log of tidegate-tasks has it.',
        );
      }
      if (!away)
        log.warn({ reason: messageOf(thrown) }, 'the database of the tasks does not answer');
      away = true;
      return problem(503, 'TASKS_UNREACHABLE', 'The database of the tasks does not answer.', {
        headers: { 'retry-after': '2' },
      });
    },
  };
}

// Private

const STATUSES: Readonly<Record<string, number>> = {
  UNKNOWN_TASK: 404,
  LEASE_LOST: 409,
};

/** A statement that is wrong, or data that does not fit; a schema that is not there yet (42P01, 3F000) is not. */
function isOurFault(thrown: unknown): boolean {
  const code = codeOf(thrown) ?? '';
  if (thrown instanceof TypeError || thrown instanceof RangeError) return true;
  return /^(2[1-3]|42|54)[0-9A-Z]{3}$/.test(code) && code !== '42P01' && code !== '42501';
}
