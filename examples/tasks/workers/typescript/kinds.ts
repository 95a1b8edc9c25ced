import { pbkdf2 } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface Delivery {
  readonly data: Readonly<Record<string, unknown>>;
  /** From 1. */
  readonly attempt: number;
}

/** Thrown where a repetition would change nothing. */
export class Refused extends Error {}

const derive = promisify(pbkdf2);
const ROUNDS = 100_000;

/** What this worker can do. */
export const KINDS: Readonly<Record<string, (delivery: Delivery) => Promise<object>>> = {
  /** Keeps a core busy for some tens of milliseconds. */
  hash: async ({ data }) => {
    const digest = await derive(String(data['text']), 'salt', ROUNDS, 32, 'sha256');
    return { digest: digest.toString('hex') };
  },
  /** Waits, as for somebody else's answer. */
  sleep: async ({ data }) => {
    await delay(Number(data['ms']));
    return { sleptMs: data['ms'] };
  },
  /** Does not work the first time. */
  flaky: async ({ attempt }) => {
    if (attempt === 1) throw new Error('Not this time.');
    return { workedAtLast: true };
  },
  /** Never works. */
  fail: async () => {
    throw new Refused('This never works.');
  },
};
