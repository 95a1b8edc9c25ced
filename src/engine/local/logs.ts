import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { LogLine, LogQuery } from '../engine.ts';
import { listLogs, partsOf, type ReplicaLog } from './log-folder.ts';
import { endOfLastLine, lastLines, linesBetween, sizeOf } from './log-lines.ts';
import { readMarks } from './log-marks.ts';

const POLL_MS = 200;

/**
 * Lines of all logs asked for in the order of their times, which are known to about a second (see `log-marks.ts`);
 * with `follow`, then what is written, until the signal aborts.
 */
export async function* readLogs(
  folder: string,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const wanted = matcher(query.grep);
  const logs = listLogs(folder, query.service);
  const seen = new Map<string, Position>();
  for (const log of logs) {
    // What follows starts where a line starts.
    const size = sizeOf(log.path);
    const end = query.follow ? await endOfLastLine(log.path, size) : size;
    seen.set(log.path, { offset: end, copy: copyOf(log.path) });
  }
  const endOf = (log: ReplicaLog): number => seen.get(log.path)?.offset ?? 0;
  const { sinceMs } = query;
  const past =
    sinceMs === null
      ? await lastOfAll(logs, endOf, query.lines, wanted)
      : inOrder(logs.map((log) => sinceOf(log, endOf(log), sinceMs, wanted)));
  for await (const { line } of past) {
    if (signal.aborted) return;
    yield line;
  }

  while (query.follow && !signal.aborted) {
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    for (const log of listLogs(folder, query.service)) {
      if (signal.aborted) return;
      for await (const line of newOf(log, seen, wanted)) yield line;
    }
  }
}

/** The last lines of one replica, oldest first, without what would steer the terminal of whoever is told of them. */
export async function tailOf(log: ReplicaLog, lines: number): Promise<readonly string[]> {
  const found = await lastOf(log, sizeOf(log.path), lines, () => true);
  return found.map(({ line }) =>
    stripVTControlCharacters(line.text)
      .replace(/(?!\t)\p{Cc}/gu, ' ')
      .trimEnd(),
  );
}

// Private

interface Timed {
  /** ms since the epoch, no earlier than the line was written. */
  readonly at: number;
  readonly line: LogLine;
}

interface Position {
  offset: number;
  /** Inode of the copy beside the log: another one means that the log has been emptied since. */
  copy: number;
}

type Wanted = (text: string) => boolean;

function matcher(grep: string | null): Wanted {
  if (grep === null) return () => true;
  const needle = grep.toLowerCase();
  return (text) => text.toLowerCase().includes(needle);
}

async function lastOfAll(
  logs: readonly ReplicaLog[],
  endOf: (log: ReplicaLog) => number,
  count: number,
  wanted: Wanted,
): Promise<readonly Timed[]> {
  const lines = await Promise.all(logs.map((log) => lastOf(log, endOf(log), count, wanted)));
  const sorted = lines.flat().sort((a, b) => a.at - b.at);
  return sorted.slice(Math.max(0, sorted.length - count));
}

/** Merges by time with one line of each log at hand: all of a service's logs together may be a gigabyte. */
async function* inOrder(sources: readonly AsyncGenerator<Timed>[]): AsyncGenerator<Timed> {
  const heads: { readonly source: AsyncGenerator<Timed>; line: Timed }[] = [];
  try {
    for (const source of sources) {
      const next = await source.next();
      if (next.done !== true) heads.push({ source, line: next.value });
    }
    while (heads[0]) {
      const first = heads.reduce((one, other) => (other.line.at < one.line.at ? other : one));
      yield first.line;
      const next = await first.source.next();
      if (next.done === true) heads.splice(heads.indexOf(first), 1);
      else first.line = next.value;
    }
  } finally {
    // Whoever stops listening leaves no file open.
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}

async function lastOf(
  log: ReplicaLog,
  end: number,
  count: number,
  wanted: Wanted,
): Promise<readonly Timed[]> {
  let found: Timed[] = [];
  for (const part of partsOf(log).toReversed()) {
    const to = part === log.path ? end : sizeOf(part);
    const timeOf = timer(part);
    const lines = await lastLines(part, to, count - found.length, wanted);
    found = [...lines.map((line) => timed(log, line.text, timeOf(line.end))), ...found];
    if (found.length >= count) break;
  }
  return found;
}

async function* sinceOf(
  log: ReplicaLog,
  end: number,
  sinceMs: number,
  wanted: Wanted,
): AsyncGenerator<Timed> {
  for (const part of partsOf(log)) {
    if (modifiedAt(part) < sinceMs) continue;
    const timeOf = timer(part);
    const from = readMarks(part).findLast(({ at }) => at < sinceMs)?.offset ?? 0;
    const to = part === log.path ? end : sizeOf(part);
    // A mark may stand in the middle of a line, which then counts as written before it.
    let first = from > 0;
    for await (const line of linesBetween(part, Math.max(0, from - 1), to, true)) {
      if (!first && wanted(line.text)) yield timed(log, line.text, timeOf(line.end));
      first = false;
    }
  }
}

async function* newOf(
  log: ReplicaLog,
  seen: Map<string, Position>,
  wanted: Wanted,
): AsyncGenerator<LogLine> {
  const position = seen.get(log.path) ?? { offset: 0, copy: copyOf(log.path) };
  seen.set(log.path, position);
  const copy = copyOf(log.path);
  if (copy !== position.copy) {
    const { offset } = position;
    Object.assign(position, { offset: 0, copy });
    const rest = linesBetween(`${log.path}.1`, offset, sizeOf(`${log.path}.1`), true);
    for await (const { text } of rest) if (wanted(text)) yield timed(log, text, 0).line;
  }
  const size = sizeOf(log.path);
  // Emptied without a copy, as on a full disk.
  if (size < position.offset) position.offset = 0;
  for await (const { text, end } of linesBetween(log.path, position.offset, size, false)) {
    position.offset = end;
    if (wanted(text)) yield timed(log, text, 0).line;
  }
}

/** The time of a line by where it ends: of the first mark at or behind it, else when the file was last written. */
function timer(part: string): (end: number) => number {
  const marks = readMarks(part);
  const last = modifiedAt(part);
  return (end) => {
    let low = 0;
    for (let high = marks.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((marks[middle]?.offset ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return marks[low]?.at ?? last;
  };
}

function timed({ service, replica }: ReplicaLog, text: string, at: number): Timed {
  return { at, line: { service, replica, text } };
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function copyOf(path: string): number {
  return statSync(`${path}.1`, { throwIfNoEntry: false })?.ino ?? 0;
}
