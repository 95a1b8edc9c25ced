import type { ResultView } from '../tasks/task.ts';
import { manyLines } from './one-line.ts';

/** A body as far as it can be shown, line by line; what is in it moves no cursor and colours nothing. */
export function bodyLines({
  body,
  encoding,
}: Pick<ResultView, 'body' | 'encoding'>): readonly string[] {
  if (encoding === 'json') return JSON.stringify(body, null, 2).split('\n').map(manyLines);
  if (encoding === 'text') return String(body).split(/\r?\n/).map(manyLines);
  return encoding === 'base64' ? ['It is neither JSON nor text: see --json.'] : [];
}
