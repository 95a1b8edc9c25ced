import type { AttemptWindow } from './attempts.ts';
import { EMPTY_WINDOW, failedInARowText, failedText, shareOf, sumOf } from './attempts.ts';
import type { ReplicaMemory, SeenReplica } from './ejection.ts';
import { TRIAL_FAILED } from './trial.ts';

export interface Erring {
  readonly id: string;
  readonly share: number;
  readonly reason: string;
}

/** Those in service above the limit, the worst first. */
export function erring(
  seen: readonly SeenReplica[],
  replicas: ReadonlyMap<string, ReplicaMemory>,
  limit: number,
  windowMs: number,
): readonly Erring[] {
  return seen
    .flatMap(({ id, healthy }): Erring[] => {
      // One that fails its checks is out of rotation already.
      if (!healthy || replicas.get(id)?.ejected) return [];
      const window = windowOf(replicas, id);
      const attempts = sumOf([window]);
      if (window.failedInARow >= LEAST_IN_A_ROW)
        return [{ id, share: 1, reason: failedInARowText(window.failedInARow) }];
      const share = shareOf(attempts);
      if (attempts.requests < LEAST_ATTEMPTS || share <= limit) return [];
      return [{ id, share, reason: failedText(attempts, windowMs) }];
    })
    .sort((a, b) => b.share - a.share);
}

/** Those whose trial of the half-open circuit has just failed. */
export function failed(
  seen: readonly SeenReplica[],
  replicas: ReadonlyMap<string, ReplicaMemory>,
): readonly Erring[] {
  return seen
    .filter(({ id, attempts }) => attempts.errors > 0 && !replicas.get(id)?.ejected)
    .map(({ id }) => ({ id, share: 1, reason: TRIAL_FAILED }));
}

/** As far as its attempts of late tell; one nobody has asked does. */
export function doesWell(window: AttemptWindow, limit: number): boolean {
  return shareOf(sumOf([window])) <= limit && window.failedInARow < DOUBTED_IN_A_ROW;
}

export function windowOf(replicas: ReadonlyMap<string, ReplicaMemory>, id: string): AttemptWindow {
  return replicas.get(id)?.window ?? EMPTY_WINDOW;
}

// Private

/** Fewer attempts say nothing. */
const LEAST_ATTEMPTS = 5;

/** A window full of the good time before would hide for seconds that every attempt fails now. */
const LEAST_IN_A_ROW = 10;

/** One of which the last few attempts failed may be going the same way as the others. */
const DOUBTED_IN_A_ROW = 3;
