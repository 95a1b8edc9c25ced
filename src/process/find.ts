import { environmentOf, identify, type ProcessIdentity } from './identity.ts';
import { isRunning, readStat } from './stat.ts';
import { pids } from './table.ts';

/** A running leader of a session that was started with our nonce. */
export interface OurProcess {
  readonly identity: ProcessIdentity;
  /** What it was started with. */
  readonly environment: ReadonlyMap<string, string>;
}

/**
 * Every running leader of a session with this nonce in its environment, whoever started it. Those whose environment may
 * not be read, and those that overwrote theirs, are not found.
 */
export function findOurs(nonce: string): readonly OurProcess[] {
  return pids().flatMap((pid) => {
    const stat = readStat(pid);
    if (!isRunning(stat) || stat.sessionId !== pid) return [];
    const entries = environmentOf(pid);
    if (!entries.includes(`TIDEGATE_NONCE=${nonce}`)) return [];
    const identity = identify(pid, nonce);
    // The same start before and after: what was read in between is of this process and no other under its pid.
    if (identity?.startTicks !== stat.startTicks) return [];
    return [{ identity, environment: parsed(entries) }];
  });
}

// Private

/** Of a name that stands twice the first counts, as for getenv. */
function parsed(entries: readonly string[]): ReadonlyMap<string, string> {
  const environment = new Map<string, string>();
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals);
    if (equals > 0 && !environment.has(name)) environment.set(name, entry.slice(equals + 1));
  }
  return environment;
}
