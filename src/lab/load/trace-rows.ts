import { badTrace, packedTrace } from './errors.ts';
import type { Stage } from './profile.ts';

/** Reads the lines of a trace one by one, so that a long file need not be in memory. */
export interface TraceRows {
  /** The figures of the next line, without its end; null for the heading and for empty lines. */
  next(line: string): Stage | null;
  /** @throws TidegateError BAD_TRACE for the line that came last */
  fail(problem: string): never;
}

const HEADING = 't_seconds,requests_per_second';

/** The first two bytes of what gzip makes; the second is none that UTF-8 knows. */
const PACKED = '\u001F\uFFFD';

/** A line is a time and a rate: what is longer is no CSV file at all. */
export const LONGEST_LINE = 10_000;

/** More than any service answers: a mistake in a unit. */
const MOST_RPS = 1e9;

/**
 * Of a CSV file `t_seconds,requests_per_second`; where its heading has more columns, the others are not looked at.
 * `next` throws BAD_TRACE with the line for what are not two numbers, a time that is not later than the one before, and
 * a rate below 0 or beyond all measure.
 */
export function createTraceRows(file: string | null = null): TraceRows {
  let line = 0;
  let columns = 0;
  let previousS = -Infinity;

  const fail = (problem: string): never => {
    throw badTrace(line, problem, file);
  };
  const heading = (text: string): void => {
    const plain = text.replace(/^\uFEFF/, '').replaceAll(/[\s"]/g, '');
    if (plain !== HEADING && !plain.startsWith(`${HEADING},`)) fail(`is not '${HEADING}'`);
    columns = plain.split(',').length;
  };
  return {
    fail,
    next(text) {
      line++;
      if (line === 1 && text.startsWith(PACKED)) throw packedTrace(file);
      if (text.length > LONGEST_LINE) fail('is longer than a line of figures can be');
      if (line === 1) heading(text);
      if (line === 1 || text.trim() === '') return null;
      const cells = text.split(',');
      const atS = numberOf(cells[0]);
      const rps = numberOf(cells[1]);
      const more = columns === 2 && cells.length > 2;
      if (atS === undefined || rps === undefined || more) return fail('is not two numbers');
      if (!(atS > previousS)) fail(`is not later than ${previousS} s`);
      if (rps < 0) fail('has a rate below 0');
      if (rps > MOST_RPS) fail(`has a rate above ${MOST_RPS}`);
      previousS = atS;
      return { atS, rps };
    },
  };
}

// Private

function numberOf(cell: string | undefined): number | undefined {
  if (cell === undefined || cell.trim() === '') return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}
