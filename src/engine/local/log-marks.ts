import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** At this time the file was this long: what stands before the offset was written no later. */
export interface Mark {
  /** ms since the epoch. */
  readonly at: number;
  readonly offset: number;
}

export interface LogMarks {
  /** Remembers how long a log is now, when that has changed. Never throws: without marks times are coarser. */
  note(path: string, sizeBytes: number, now: number): void;
  /** Stops remembering a log that no longer grows. */
  forget(path: string): void;
}

/**
 * Programs write straight to their files, so no line has a time of its own. Each log has an index beside it instead,
 * a mark for each look at which the file had grown, which tells the time of a line to about a second. Beyond
 * 4,096 marks every second one is dropped: the older a line, the coarser.
 */
export function createLogMarks(): LogMarks {
  const known = new Map<string, { size: number; marks: number }>();

  return {
    note(path, size, now) {
      const before = known.get(path) ?? lastNoted(path);
      if (size === before.size) return;
      try {
        let marks = before.marks;
        if (size < before.size) {
          moveAlong(path);
          marks = 0;
        }
        if (size > 0) appendFileSync(marksPath(path), `${now} ${size}\n`, { mode: 0o600 });
        if (++marks > MOST_MARKS) marks = thin(path);
        known.set(path, { size, marks });
      } catch {
        known.set(path, { ...before, size });
      }
    },
    forget(path) {
      known.delete(path);
    },
  };
}

/** Oldest first; none when the log has no index. */
export function readMarks(path: string): readonly Mark[] {
  let text: string;
  try {
    text = readFileSync(marksPath(path), 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .filter(([at, offset]) => at !== undefined && offset !== undefined && at > 0 && offset > 0)
    .map(([at, offset]) => ({ at: at as number, offset: offset as number }));
}

export function marksPath(path: string): string {
  return `${path}.marks`;
}

// Private

const MOST_MARKS = 4096;

/** What an earlier control plane came to note of a log whose program runs on. */
function lastNoted(path: string): { size: number; marks: number } {
  const marks = readMarks(path);
  return { size: marks.at(-1)?.offset ?? 0, marks: marks.length };
}

/** The log was copied to `.1` and emptied: its marks go with the copy. */
function moveAlong(path: string): void {
  const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;
  rmSync(marksPath(`${path}.2`), { force: true });
  if (exists(marksPath(`${path}.1`))) renameSync(marksPath(`${path}.1`), marksPath(`${path}.2`));
  if (exists(marksPath(path))) renameSync(marksPath(path), marksPath(`${path}.1`));
}

function thin(path: string): number {
  const kept = readMarks(path).filter((_mark, index) => index % 2 === 1);
  writeFileSync(marksPath(path), kept.map(({ at, offset }) => `${at} ${offset}\n`).join(''), {
    mode: 0o600,
  });
  return kept.length;
}
