import { badTrace } from './errors.ts';
import { checkStages, type Stage } from './profile.ts';
import { createTraceRows } from './trace-rows.ts';

export interface TraceOptions {
  /** Plays it so many times as fast, at the same rates. Default 1. */
  readonly speed?: number;
  /** Multiplies the rates. Default 1. */
  readonly multiply?: number;
}

/**
 * The profile of a CSV file `t_seconds,requests_per_second`: each rate holds until the next line, the last one for as
 * long as the one before it. The first line's time is the start; lines may be any time apart.
 * @throws TidegateError BAD_TRACE with the line, BAD_LOAD
 */
export function readTrace(text: string, options: TraceOptions = {}): readonly Stage[] {
  const { speed = 1, multiply = 1 } = options;
  const rows = rowsOf(text);
  const first = rows[0];
  const last = rows.at(-1);
  const beforeLast = rows.at(-2);
  if (!first || !last || !beforeLast) throw badTrace(null, 'has fewer than two lines of figures');
  const endS = last.atS + (last.atS - beforeLast.atS);
  const stages = rows.flatMap(({ atS, rps }, index) =>
    [atS, rows[index + 1]?.atS ?? endS].map((cornerS) => ({
      atS: (cornerS - first.atS) / speed,
      rps: rps * multiply,
    })),
  );
  return checkStages(stages);
}

// Private

function rowsOf(text: string): readonly Stage[] {
  const reader = createTraceRows();
  return text.split(/\r?\n/).flatMap((line) => reader.next(line) ?? []);
}
