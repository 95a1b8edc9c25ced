import { closeSync, openSync, readSync, statSync } from 'node:fs';

const TAIL_BYTES = 16 * 1024;

/** The last lines written to a log after its first `fromBytes`; none where there is no such log. */
export function tailAfter(path: string, fromBytes: number, lines: number): readonly string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // It was emptied since because it had grown too long.
  const from = Math.max(size < fromBytes ? 0 : fromBytes, size - TAIL_BYTES);
  if (size <= from) return [];
  const file = openSync(path, 'r');
  try {
    const text = Buffer.alloc(size - from);
    const bytes = readSync(file, text, 0, text.length, from);
    return text.toString('utf8', 0, bytes).split('\n').filter(Boolean).slice(-lines);
  } finally {
    closeSync(file);
  }
}
