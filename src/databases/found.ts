import { findOurs } from '../process/find.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { portsOf } from '../process/listening.ts';
import type { DatabaseSpec } from '../spec/databases.ts';

/** In the environment of each server that we start, beside the nonce: which database it is. */
export const NAME_VARIABLE = 'TIDEGATE_DATABASE';
export const KIND_VARIABLE = 'TIDEGATE_DATABASE_KIND';
export const DATA_VARIABLE = 'TIDEGATE_DATABASE_DATA';

/** A server of this project that runs, whoever started it. */
export interface FoundServer {
  readonly name: string;
  readonly kind: DatabaseSpec['kind'];
  readonly data: string;
  readonly identity: ProcessIdentity;
  /** What it listens on; null: nothing yet. */
  readonly port: number | null;
}

/** All that were started with this nonce; a PostgreSQL's own children do not carry it. */
export function foundServers(nonce: string): readonly FoundServer[] {
  return findOurs(nonce).flatMap(({ identity, environment }) => {
    const name = environment.get(NAME_VARIABLE);
    const kind = environment.get(KIND_VARIABLE);
    const data = environment.get(DATA_VARIABLE);
    if (name === undefined || data === undefined) return [];
    if (kind !== 'postgres' && kind !== 'redis') return [];
    return [{ name, kind, data, identity, port: portsOf([identity.pid])?.[0] ?? null }];
  });
}
