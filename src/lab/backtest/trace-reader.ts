import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badTrace } from '../load/errors.ts';
import { createTraceRows, LONGEST_LINE } from '../load/trace-rows.ts';
import type { Trace } from './trace.ts';
import { createTraceSteps } from './trace-steps.ts';

export interface TraceReading {
  readonly trace: Trace;
  /** How many of its steps were missing in the file and are a straight line now. */
  readonly filledIn: number;
}

export interface TraceReaderOptions {
  readonly signal?: AbortSignal;
  /** Told after each piece how much of the file has been read, 0..1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * The trace in a CSV file `t_seconds,requests_per_second` of one constant step, read piece by piece: a file of any size
 * takes no more memory than its steps.
 * @throws TidegateError BAD_TRACE with the line; the errors of the file system; the signal's reason
 */
export async function readTraceFile(
  path: string,
  name: string,
  { signal, onProgress }: TraceReaderOptions = {},
): Promise<TraceReading> {
  const found = await stat(path);
  // To open it is to wait for somebody who writes, which nothing ends. Those of a shell, `<(zcat x.gz)`, have one.
  if (found.isFIFO() && !/^\/(?:dev|proc)\//.test(resolve(path)))
    throw badTrace(null, 'is a pipe, which nobody may ever write to', path);
  const { size } = found;
  const rows = createTraceRows(path);
  const steps = createTraceSteps();
  const take = (line: string): void => {
    const row = rows.next(line);
    const problem = row && steps.add(row);
    if (problem) rows.fail(problem);
  };

  let rest = '';
  let read = 0;
  const pieces = createReadStream(path, { encoding: 'utf8', ...(signal && { signal }) });
  for await (const piece of pieces as AsyncIterable<string>) {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    // The next piece would be added to it, and the one after that.
    if (rest.length > LONGEST_LINE) take(rest);
    read += piece.length;
    onProgress?.(Math.min(1, read / size));
  }
  if (read === 0) throw badTrace(null, 'is empty', path);
  if (rest !== '' || steps.rows === 0) take(rest);
  const trace = steps.read(name);
  if (!trace) throw badTrace(null, 'has fewer than two lines of figures', path);
  return { trace, filledIn: steps.filledIn };
}
