import { randomInt } from 'node:crypto';
import { claimPort } from '../kit/port-claim.ts';

/** Above those that replicas get, below those that the kernel gives to outgoing connections. */
const FIRST = 30_000;
const LAST = 32_767;

/** One that no other project is given until it is let go of, which is when a server listens on it, or will not. */
export interface ClaimedPort {
  readonly port: number;
  readonly letGo: () => void;
}

/** The port it had if nobody else has it now, else another, chosen at random so that two projects seldom meet. */
export async function portFor(had: number | null): Promise<ClaimedPort> {
  let claimed = had === null ? null : await claim(had);
  while (!claimed) claimed = await claim(other(had));
  return claimed;
}

// Private

function other(had: number | null): number {
  const port = randomInt(FIRST, LAST + 1);
  return port === had ? other(had) : port;
}

/** Null: somebody listens on it, or is about to. */
async function claim(port: number): Promise<ClaimedPort | null> {
  const letGo = await claimPort(port);
  return letGo && { port, letGo };
}
