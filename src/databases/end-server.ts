import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../kit/clock.ts';
import { codeOf } from '../kit/errors.ts';
import { stillRunning } from '../process/errors.ts';
import { prove, type ProcessIdentity } from '../process/identity.ts';
import { holdsOn, readStat } from '../process/stat.ts';
import { clearOut } from './holders.ts';
import type { ServerKind } from './server-kind.ts';

/**
 * Ends a server of ours: cleanly, after `graceMs` or when `hurry` aborts by force, and what it leaves behind.
 * @throws TidegateError STILL_RUNNING
 */
export async function endServer(
  { identity, data, kind }: { identity: ProcessIdentity; data: string; kind: ServerKind },
  graceMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  for (const signal of kind.endSignals) {
    if (!isThere(identity)) break;
    send(identity, signal);
    const waitsFrom = performance.now();
    // The first may take the time that was given; none of the others does.
    const waitMs = (): number =>
      signal !== kind.endSignals[0] || hurry?.aborted ? Math.min(graceMs, FORCE_MS) : graceMs;
    while (isThere(identity) && performance.now() - waitsFrom < waitMs()) await delay(POLL_MS);
  }
  if (isThere(identity)) throw stillRunning([identity.pid], FORCE_MS);
  await clearOut(data, kind);
}

// Private

const POLL_MS = 20;
const FORCE_MS = 5 * SECOND;

function isThere({ pid, startTicks }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return holdsOn(stat) && stat.startTicks === startTicks;
}

/** To the server alone: what works for it is its own to end. */
function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (prove(identity) !== 'ours') return;
  try {
    process.kill(identity.pid, signal);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ESRCH') throw thrown;
  }
}
