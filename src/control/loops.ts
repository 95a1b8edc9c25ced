import type { Log } from '../kit/log.ts';
import { startLoop, type Loop } from '../kit/loop.ts';
import type { Breakers } from './breaker/breakers.ts';
import type { Deployments } from './deployments.ts';
import type { ManagedService } from './managed-service.ts';
import type { ScaleLoop } from './scale-loop.ts';
import { lookEveryMs } from './scale-loop.ts';

/** What is done again and again: each in a loop of its own, so that none waits for another. */
export function startLoops(deps: {
  readonly log: Log;
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly deployments: Pick<Deployments, 'underWay'>;
  readonly scaling: Pick<ScaleLoop, 'turn'>;
  readonly breakers: Pick<Breakers, 'turn' | 'lookEveryMs'>;
}): { readonly scaling: Loop; readonly breakers: Loop } {
  const { log, breakers } = deps;
  return {
    scaling: startLoop({
      intervalMs: () => lookEveryMs(deps.services, deps.deployments.underWay),
      turn: () => deps.scaling.turn(),
      onError: (err) => log.error({ err }, 'a turn of the scale loop failed'),
    }),
    breakers: startLoop({
      intervalMs: breakers.lookEveryMs,
      turn: breakers.turn,
      onError: (err) => log.error({ err }, 'a look at what errs failed'),
    }),
  };
}
