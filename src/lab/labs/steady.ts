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

/** Kind → count, of several loads together. */
export function kindsOf(...loads: readonly LoadResult[]): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const { errors } of loads)
    for (const [kind, count] of Object.entries(errors)) kinds[kind] = (kinds[kind] ?? 0) + count;
  return kinds;
}
