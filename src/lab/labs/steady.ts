import { runOpenLoop } from '../load/open-loop.ts';
import type { LoadResult } from '../load/result.ts';
import type { Target } from '../load/target.ts';

/** Open loop at one rate, for `durationS` or until `signal` aborts. @throws TidegateError BAD_LOAD */
export function runSteady(
  target: Target,
  rps: number,
  durationS: number,
  signal: AbortSignal,
): Promise<LoadResult> {
  const stages = [
    { atS: 0, rps },
    { atS: durationS, rps },
  ];
  return runOpenLoop(target, { stages, signal });
}

/** What was not answered as it should have been, of several loads. */
export function failuresOf(...loads: readonly LoadResult[]): number {
  return loads.reduce((sum, { requests, ok }) => sum + requests - ok, 0);
}
