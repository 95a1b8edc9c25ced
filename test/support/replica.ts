import type { Replica } from '../../src/control/roster.ts';

/** A replica of `api` that is ready and well, unless `part` says otherwise. */
export function testReplica(id: string, part: Partial<Replica> = {}): Replica {
  return {
    id,
    service: 'api',
    revision: 'r1',
    state: 'ready',
    address: { host: '127.0.0.1', port: 20_000 },
    pid: 1,
    identity: null,
    startedAt: 0,
    readyAt: 0,
    inGateway: part.state !== 'starting',
    condemned: null,
    lastAnswer: null,
    unhealthySince: null,
    overMemorySince: null,
    note: null,
    abort: new AbortController(),
    ...part,
  };
}
