import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
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
  const lines = await Promise.all(
    logs.map((log) =>
      query.sinceMs === null
        ? lastOf(log, endOf(log), query.lines, wanted)
        : sinceOf(log, endOf(log), query.sinceMs, wanted),
    ),
  );
  const merged = lines.flat().sort((a, b) => a.at - b.at);
  for (const { line } of query.sinceMs === null
    ? merged.slice(Math.max(0, merged.length - query.lines))
    : merged) {
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

/** The last lines of one replica, oldest first. */
export async function tailOf(log: ReplicaLog, lines: number): Promise<readonly string[]> {
  const found = await lastOf(log, sizeOf(log.path), lines, () => true);
  return found.map(({ line }) => line.text);
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

async function sinceOf(
  log: ReplicaLog,
  end: number,
  sinceMs: number,
  wanted: Wanted,
): Promise<readonly Timed[]> {
  const found: Timed[] = [];
  for (const part of partsOf(log)) {
    if (modifiedAt(part) < sinceMs) continue;
    const timeOf = timer(part);
    const from = readMarks(part).findLast(({ at }) => at < sinceMs)?.offset ?? 0;
    const to = part === log.path ? end : sizeOf(part);
    // A mark may stand in the middle of a line, which then counts as written before it.
    let first = from > 0;
    for await (const line of linesBetween(part, Math.max(0, from - 1), to, true)) {
      if (!first && wanted(line.text)) found.push(timed(log, line.text, timeOf(line.end)));
      first = false;
    }
  }
  return found;
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
  for await (const { text, end } of linesBetween(
    log.path,
    position.offset,
    sizeOf(log.path),
    false,
  )) {
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
