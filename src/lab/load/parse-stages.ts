import { parseDuration } from '../../kit/duration.ts';
import { badLoad } from './errors.ts';
import { checkStages, type Stage } from './profile.ts';
import { checkUserStages, type UserStage } from './users-profile.ts';

/**
 * The rates of `30s:50,1m:400,0s:10`: each stage goes in a straight line to its rate within its time, the first from
 * `begin`; one of 0 s is a step.
 * @throws TidegateError BAD_LOAD
 */
export function parseStages(text: string, begin = 0): readonly Stage[] {
  return checkStages(cornersOf(text, begin).map(({ atS, value }) => ({ atS, rps: value })));
}

/**
 * As `parseStages`, of users.
 * @throws TidegateError BAD_LOAD
 */
export function parseUserStages(text: string, begin = 0): readonly UserStage[] {
  return checkUserStages(cornersOf(text, begin).map(({ atS, value }) => ({ atS, users: value })));
}

// Private

interface Corner {
  readonly atS: number;
  readonly value: number;
}

function cornersOf(text: string, begin: number): readonly Corner[] {
  const corners: Corner[] = [{ atS: 0, value: begin }];
  let atMs = 0;
  for (const stage of text.split(',')) {
    const [, time = '', value = ''] = /^\s*([^:]*):\s*(\d+(?:\.\d+)?)\s*$/.exec(stage) ?? [];
    const spanMs = parseDuration(time);
    if (spanMs === undefined || value === '') {
      throw badLoad(`'${stage.trim()}' is no stage such as 30s:50`);
    }
    // Whole milliseconds are added: seconds would gather errors of rounding.
    atMs += spanMs;
    corners.push({ atS: atMs / 1000, value: Number(value) });
  }
  return corners;
}
