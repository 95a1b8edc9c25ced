import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a file for its owner only. Whoever reads it sees all of it or the one before, after a
 * crash and a power cut, too: it is on the disk before its name is. One writer at a time. @throws what the disk says
 */
export function writeWhole(path: string, text: string): void {
  const written = `${path}.new`;
  // What a writer that was killed has left.
  rmSync(written, { force: true });
  const file = openSync(written, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(written, path);
}
