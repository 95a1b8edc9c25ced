import { open } from 'node:fs/promises';
import { statSync } from 'node:fs';

export interface FileLine {
  readonly text: string;
  /** Where the next line starts. */
  readonly end: number;
}

/** A line longer than this is given in pieces, so that a program without newlines cannot fill our memory. */
const LONGEST_LINE = 64 * 2 ** 10;
const CHUNK = 64 * 2 ** 10;
const NEWLINE = 10;

/** The lines between two offsets, oldest first; text after the last newline counts as a line when `partial`. */
export async function* linesBetween(
  path: string,
  from: number,
  to: number,
  partial: boolean,
): AsyncGenerator<FileLine> {
  if (from >= to) return;
  const file = await open(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    let end = from;
    const line = (bytes: Buffer, next: number): FileLine => {
      end = next;
      return { text: textOf(bytes), end };
    };
    for (let at = from; at < to; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK, to - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let stop = rest.indexOf(NEWLINE); stop !== -1; stop = rest.indexOf(NEWLINE, start)) {
        yield line(rest.subarray(start, stop), end + stop - start + 1);
        start = stop + 1;
      }
      rest = rest.subarray(start);
      if (rest.length >= LONGEST_LINE) {
        yield line(rest, end + rest.length);
        rest = Buffer.alloc(0);
      }
    }
    if (partial && rest.length > 0) yield line(rest, end + rest.length);
  } finally {
    await file.close();
  }
}

/** The last `count` lines before `to` that `wanted` takes, oldest first, read from the end. */
export async function lastLines(
  path: string,
  to: number,
  count: number,
  wanted: (text: string) => boolean,
): Promise<readonly FileLine[]> {
  if (to === 0 || count === 0) return [];
  const found: FileLine[] = [];
  const file = await open(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    for (let at = to; at > 0 && found.length < count; ) {
      const length = Math.min(CHUNK, at);
      at -= length;
      const chunk = Buffer.alloc(length);
      await file.read(chunk, 0, length, at);
      rest = Buffer.concat([chunk, rest]);
      const whole = rest.at(-1) === NEWLINE ? rest.length - 1 : rest.length;
      let stop = whole;
      while (found.length < count) {
        const newline = stop === 0 ? -1 : rest.lastIndexOf(NEWLINE, stop - 1);
        if (newline === -1) break;
        const text = textOf(rest.subarray(newline + 1, stop));
        if (wanted(text)) found.push({ text, end: at + Math.min(rest.length, stop + 1) });
        stop = newline;
      }
      // What is left has no newline before it yet, only behind it.
      const kept = stop === whole ? rest.length : stop + 1;
      const isFirstOrTooLong = at === 0 || kept > LONGEST_LINE;
      if (isFirstOrTooLong && kept > 0 && found.length < count) {
        const text = textOf(rest.subarray(0, stop));
        if (wanted(text)) found.push({ text, end: at + kept });
        rest = Buffer.alloc(0);
      } else {
        rest = rest.subarray(0, kept);
      }
    }
  } finally {
    await file.close();
  }
  return found.toReversed();
}

/** Where the line begins that is not finished yet: the size, when the last one is. */
export async function endOfLastLine(path: string, size: number): Promise<number> {
  const lines = await lastLines(path, size, 2, () => true);
  const start = lines.length === 2 ? (lines[0]?.end ?? 0) : 0;
  for await (const { end } of linesBetween(path, start, size, false)) return end;
  return start;
}

/** Bytes of a file, 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

// Private

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
