import { TidegateError } from '../../../kit/errors.ts';
import type { Job } from './job.ts';

export function replayBroken(job: Job, trace: string, cause: unknown): TidegateError {
  const { policy, target, seed } = job;
  const at = target === null ? '' : ` at ${target}`;
  return new TidegateError(
    'REPLAY_BROKEN',
    `The replay of ${trace} with ${policy}${at}, seed ${seed}, did not come to its end`,
    {
      hint: 'Nothing is told of a comparison that is not whole. TIDEGATE_DEBUG=1 shows where it broke.',
      cause,
      facts: { trace, policy, target, seed },
    },
  );
}
