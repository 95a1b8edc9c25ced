import { badLoad } from './errors.ts';

/** A corner of a profile of users; between two corners their number goes in a straight line. */
export interface UserStage {
  /** Seconds since the start. */
  readonly atS: number;
  readonly users: number;
}

const MOST_USERS = 50_000;
const LONGEST_S = 86_400;

/**
 * The same stages, once they are known to make a profile: two or more, from 0 s on, none earlier than the one before it
 * (two at one moment are a step), at most a day and 50,000 users, and at some time one.
 * @throws TidegateError BAD_LOAD
 */
export function checkUserStages(stages: readonly UserStage[]): readonly UserStage[] {
  const bad = (problem: string): never => {
    throw badLoad(problem);
  };
  if (stages.length < 2) bad('a profile needs at least two stages');
  if (stages[0]?.atS !== 0) bad('the first stage is not at 0 s');
  let previousS = 0;
  let most = 0;
  for (const { atS, users } of stages) {
    if (!Number.isFinite(atS) || atS < previousS) bad(`a stage at ${atS} s after ${previousS} s`);
    if (!Number.isInteger(users) || users < 0 || users > MOST_USERS) {
      bad(`${users} users, where 0 to ${MOST_USERS} are possible`);
    }
    previousS = atS;
    most = Math.max(most, users);
  }
  if (previousS === 0) bad('it lasts 0 s');
  if (previousS > LONGEST_S) bad(`${previousS} s is longer than a day`);
  if (most === 0) bad('there is never a user');
  return stages;
}

/**
 * `users` for `durationS`, the first of them at once and the last after `rampMs`.
 * @throws TidegateError BAD_LOAD
 */
export function steadyUsers(
  users: number,
  durationS: number,
  rampMs: number,
): readonly UserStage[] {
  const rampS = rampMs / 1000;
  if (rampS <= 0)
    return [
      { atS: 0, users },
      { atS: durationS, users },
    ];
  // Also where fewer come in time, so many are not to be asked for.
  checkUserStages([
    { atS: 0, users },
    { atS: durationS, users },
  ]);
  if (rampS < durationS) {
    return [
      { atS: 0, users: 1 },
      { atS: rampS, users },
      { atS: durationS, users },
    ];
  }
  // Time is over before all have come.
  const come = Math.max(1, Math.floor((users * durationS) / rampS));
  return [
    { atS: 0, users: 1 },
    { atS: durationS, users: come },
  ];
}

/** How many there are to be `atS` seconds after the start; 0 after the last stage. */
export function usersAt(stages: readonly UserStage[], atS: number): number {
  let from = stages[0];
  for (const to of stages) {
    if (from && atS < to.atS) {
      const share = (atS - from.atS) / (to.atS - from.atS);
      return Math.round(from.users + (to.users - from.users) * share);
    }
    from = to;
  }
  return 0;
}
