import { SECOND } from '../kit/clock.ts';
import { endServer } from './end-server.ts';
import { foundServers, type FoundServer } from './found.ts';
import { KINDS } from './kinds.ts';

const GRACE_MS = 30 * SECOND;

/** Ends the databases that a control plane which is gone has left running, cleanly; returns their names. */
export async function endLeftDatabases(nonce: string): Promise<readonly string[]> {
  const found = foundServers(nonce);
  await Promise.all(found.map(endFound));
  return found.map(({ name }) => name);
}

/** @throws TidegateError STILL_RUNNING */
export async function endFound({ identity, data, kind }: FoundServer): Promise<void> {
  await endServer({ identity, data, kind: KINDS[kind] }, GRACE_MS);
}
