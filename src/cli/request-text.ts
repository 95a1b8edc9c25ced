import { humanBytes } from '../kit/bytes.ts';
import type { RequestView } from '../tasks/task.ts';
import { bodyLines } from './body-text.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';

const MOST_LINES = 10;
const MOST_CHARACTERS = 160;

/** What a task carries, as much as is needed to tell it from others: its type, its size and its first lines. */
export function requestLines(request: RequestView | undefined, style: Paint): readonly string[] {
  if (request === undefined) return [];
  const { headers, bytes, encoding } = request;
  const type = headers['content-type'];
  const about = [...(type ? [oneLine(type)] : []), humanBytes(bytes)];
  const head = ['', style.bold(`request ${about.join(', ')}`)];
  if (encoding === 'none') return bytes > 0 ? [...head, 'It is too large to be shown.'] : head;
  const lines = bodyLines(request);
  const first = lines.slice(0, MOST_LINES).map((line) => line.slice(0, MOST_CHARACTERS));
  const all = lines.length <= MOST_LINES && lines.every((line) => line.length <= MOST_CHARACTERS);
  return [...head, ...first, ...(all ? [] : [style.dim('… all of it: --json')])];
}
