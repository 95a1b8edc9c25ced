import { stripVTControlCharacters } from 'node:util';
import type { ResultView } from '../tasks/task.ts';

/** A body as far as it can be shown, line by line; what is in it moves no cursor and colours nothing. */
export function bodyLines({
  body,
  encoding,
}: Pick<ResultView, 'body' | 'encoding'>): readonly string[] {
  if (encoding === 'json') return JSON.stringify(body, null, 2).split('\n').map(harmless);
  if (encoding === 'text') return String(body).split(/\r?\n/).map(harmless);
  return encoding === 'base64' ? ['It is neither JSON nor text: see --json.'] : [];
}

// Private

function harmless(line: string): string {
  return stripVTControlCharacters(line).replace(/[^\P{Cc}\t]/gu, ' ');
}
