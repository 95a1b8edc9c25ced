import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Engine } from '../engine/engine.ts';
import { createLocalEngine } from '../engine/local/local.ts';
import { createGateway } from '../gateway/create.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { PARTS_SOCKET } from '../gateway/render/names.ts';
import type { StateFolder } from '../state/folder.ts';
import type { Store } from '../state/store.ts';
import { GATEWAY_FACT } from './leftovers.ts';

export interface ProjectWorld {
  readonly folder: StateFolder;
  readonly store: Pick<Store, 'nonce' | 'facts'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What runs the replicas of a project; `gatewayUrl` is where its gateway answers now. */
export function projectEngine(
  { folder, store, clock, log }: ProjectWorld,
  gatewayUrl: () => string,
): Promise<Engine> {
  return createLocalEngine({
    stateFolder: folder.path,
    runFolder: folder.run,
    nonce: store.nonce,
    gatewayUrl,
    partsSocket: `${folder.run}/${PARTS_SOCKET}`,
    log,
    clock,
  });
}

/** Its gateway, not started yet. */
export function projectGateway({ folder, store, clock, log }: ProjectWorld): Gateway {
  return createGateway({
    folder: folder.haproxy,
    runFolder: folder.run,
    logsFolder: folder.logs,
    nonce: store.nonce,
    log,
    clock,
    remember: (fact) => store.facts.set(GATEWAY_FACT, fact),
  });
}
