import { replicaOf, type Replica } from '../../src/control/roster.ts';

/** A replica of `api` that is ready and well, unless `part` says otherwise. */
export function testReplica(id: string, part: Partial<Replica> = {}): Replica {
  const known = replicaOf({
    id,
    service: 'api',
    revision: 'r1',
    state: part.state ?? 'ready',
    address: { host: '127.0.0.1', port: 20_000 },
    pid: 1,
    identity: null,
    startedAt: 0,
    readyAt: 0,
  });
  return { ...known, ...part };
}
