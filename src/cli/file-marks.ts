import { statSync } from 'node:fs';

/** The marks of a file that is not there. */
export const GONE = 'gone';

/** What changes when a file is written or replaced. */
export function marksOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return GONE;
  }
}
