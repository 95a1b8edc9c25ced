import { badTrace } from './errors.ts';
import { checkStages, type Stage } from './profile.ts';

export interface TraceOptions {
  /** Plays it so many times as fast, at the same rates. Default 1. */
  readonly speed?: number;
  /** Multiplies the rates. Default 1. */
  readonly multiply?: number;
}

const HEADING = 't_seconds,requests_per_second';

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
  const rows: Stage[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const [heading = ''] = lines;
  if (heading.replaceAll(/\s/g, '') !== HEADING) throw badTrace(1, `is not '${HEADING}'`);
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const [atS, rps, ...more] = line.split(',').map(numberOf);
    if (atS === undefined || rps === undefined || more.length > 0) {
      throw badTrace(index + 1, 'is not two numbers');
    }
    const previousS = rows.at(-1)?.atS ?? -Infinity;
    if (!(atS > previousS)) throw badTrace(index + 1, `is not later than ${previousS} s`);
    if (rps < 0) throw badTrace(index + 1, 'has a rate below 0');
    rows.push({ atS, rps });
  }
  return rows;
}

function numberOf(cell: string): number | undefined {
  const number = cell.trim() === '' ? Number.NaN : Number(cell);
  return Number.isFinite(number) ? number : undefined;
}
