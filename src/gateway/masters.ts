import { existsSync, readFileSync } from 'node:fs';
import { codeOf } from '../kit/errors.ts';
import { carriesNonce, identify, prove, type ProcessIdentity } from '../process/identity.ts';
import { bootId } from '../process/kernel.ts';
import { readProcessTable } from '../process/table.ts';
import { GATEWAY_MARK } from './process.ts';
import type { Site } from './site.ts';

/** What there is of a project's HAProxy on this machine. */
export interface Masters {
  /** They serve; more than one only after something went wrong. The one to go on with first. */
  readonly running: readonly ProcessIdentity[];
  /** Sessions whose master has ended: workers that keep the port and refuse everybody. */
  readonly orphaned: readonly ProcessIdentity[];
  /** Remembered, and something runs there that does not prove to be it. */
  readonly unproven: readonly number[];
}

/** Looks for HAProxy where it was remembered and in the environments of all processes. */
export function findMasters(remembered: ProcessIdentity | null, nonce: string): Masters {
  const proof = remembered && prove(remembered);
  const known = proof === 'ours' ? remembered?.pid : undefined;
  const sessions = new Set(
    [...readProcessTable().values()]
      .filter(({ pid }) => carriesNonce(pid, nonce, GATEWAY_MARK))
      .map(({ sessionId }) => sessionId),
  );
  const found = [...sessions].map((leader) => identify(leader, nonce) ?? leader);
  const running = found.filter((each) => typeof each === 'object' && prove(each) === 'ours');
  return {
    running: (running as ProcessIdentity[]).sort(
      (a, b) => Number(b.pid === known) - Number(a.pid === known) || b.startTicks - a.startTicks,
    ),
    orphaned: found
      .filter((each) => !running.includes(each))
      .map((each) => (typeof each === 'object' ? each : leaderless(each, nonce))),
    unproven: remembered && proof === 'unproven' ? [remembered.pid] : [],
  };
}

/** Why a HAProxy that runs cannot be told anything, in words; null: it can. */
export function obstacleOf(identity: ProcessIdentity, { sockets, files }: Site): string | null {
  const argv = argumentsOf(identity.pid);
  const after = (flag: string): string => argv[argv.indexOf(flag) + 1] ?? '';
  if (!after('-S').startsWith(`${sockets.master},`)) return 'its sockets are in another folder';
  if (after('-f') !== files.configPath) return 'its configuration is in another folder';
  // A reload executes it again under this name, which is how an upgraded one comes in.
  return existsSync(argv[0] ?? '') ? null : `its program ${argv[0]} is gone`;
}

// Private

/** The number of a session cannot be given away while anybody is in it. */
function leaderless(sessionId: number, nonce: string): ProcessIdentity {
  return { bootId, pid: sessionId, startTicks: 0, uid: 0, sessionId, nonce };
}

/** Empty when it has just ended. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ESRCH') return [];
    throw thrown;
  }
}
