import { statSync } from 'node:fs';

/**
 * Where a folder is, as a text: its device and inode. A copy has others; a folder that is only renamed keeps them, and so
 * does one in which a process has a file open.
 */
export function placeOf(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}
