import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../src/kit/errors.ts';
import { membersOf, readProcessTable } from '../../src/process/table.ts';

/** What a process, or all of a session together, holds on to. */
export interface Vitals {
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

export function vitalsOf(pid: number): Vitals {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    residentBytes: number('VmRSS') * 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: number('Threads'),
  };
}

/** HAProxy is a master with workers; during a reload a worker more. */
export function vitalsOfSession(leader: number): Vitals {
  const all = membersOf(readProcessTable(), leader).flatMap(({ pid }) => {
    try {
      return [vitalsOf(pid)];
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ESRCH') return [];
      throw thrown;
    }
  });
  const sum = (key: keyof Vitals): number => all.reduce((total, each) => total + each[key], 0);
  return {
    residentBytes: sum('residentBytes'),
    descriptors: sum('descriptors'),
    threads: sum('threads'),
  };
}

/** How many files are below a folder, and their bytes; 0 where there is none. */
export function filesBelow(folder: string): { readonly count: number; readonly bytes: number } {
  const found = { count: 0, bytes: 0 };
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    if (!stat?.isFile()) continue;
    found.count++;
    found.bytes += stat.size;
  }
  return found;
}
