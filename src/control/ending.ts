import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Loop } from '../kit/loop.ts';
import { DISPATCH_SERVICE } from '../spec/tasks-program.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Deployments } from './deployments.ts';
import type { GatewayKeeper } from './gateway-keeper.ts';
import { TERM_GRACE_MS } from './graces.ts';
import type { Project } from './project.ts';
import type { Reconciler } from './reconcile.ts';
import type { Roster } from './roster.ts';
import type { Sleep } from './sleep.ts';

export interface EndingDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Pick<Engine, 'stop'>;
  readonly gateway: Pick<Gateway, 'stop'>;
  readonly roster: Roster;
  readonly project: Pick<Project, 'services'>;
  readonly reconciler: Pick<Reconciler, 'leave' | 'stop' | 'endFetching'>;
  readonly deployments: Pick<Deployments, 'stop'>;
  readonly sleep: Pick<Sleep, 'stop'>;
  readonly loops: readonly Pick<Loop, 'stop'>[];
  readonly keeper: Pick<GatewayKeeper, 'stop'>;
}

/** The two ways in which a control plane ends; `RunningControlPlane` says what each means. */
export interface Ending {
  leave(): Promise<void>;
  shutDown(hurry: AbortSignal): Promise<void>;
}

export function createEnding(deps: EndingDeps): Ending {
  const { log, engine, gateway, roster, reconciler, deployments, loops, keeper } = deps;

  const stopLoops = async (): Promise<void> => {
    for (const loop of loops) await loop.stop();
  };
  const endAll = (graceMs: number): Promise<unknown> =>
    Promise.all(roster.all().map(({ id }) => engine.stop(id, graceMs)));

  /** Who delivers tasks takes no more, and a delivery that breaks from here on is none that failed. */
  const endDispatchers = async (graceMs: number): Promise<void> => {
    const replicas = roster.of(DISPATCH_SERVICE);
    await Promise.all(replicas.map(({ id }) => engine.stop(id, graceMs)));
  };

  const rush = (): void => {
    for (const replica of roster.all()) replica.abort.abort(new Error('stopping at once'));
    void gateway.stop(0).catch((err: unknown) => log.error({ err }, 'stop the gateway at once'));
    void endAll(0).catch((err: unknown) => log.error({ err }, 'stop the replicas at once'));
  };

  return {
    async leave() {
      // First: what a deployment leaves half done stays as it is, and what ends meanwhile is not replaced.
      const left = reconciler.leave();
      await deployments.stop('leaving');
      await stopLoops();
      await left;
      await keeper.stop();
    },
    async shutDown(hurry) {
      const drainMs = Math.max(
        ...[...deps.project.services.values()].map(({ spec }) => spec.drainMs),
      );
      // First: nobody who ends from here on is replaced.
      const ended = reconciler.stop();
      if (hurry.aborted) rush();
      hurry.addEventListener('abort', rush, { once: true });
      await deployments.stop('stopping');
      await deps.sleep.stop();
      await stopLoops();
      void endDispatchers(hurry.aborted ? 0 : drainMs + TERM_GRACE_MS).catch((err: unknown) =>
        log.error({ err }, 'stop the delivery of tasks'),
      );
      // While the gateway serves: a worker that leases says through it what it has done.
      if (!hurry.aborted) await reconciler.endFetching();
      await ended;
      await keeper.stop();
      await gateway.stop(hurry.aborted ? 0 : drainMs);
      await endAll(hurry.aborted ? 0 : TERM_GRACE_MS);
      for (const replica of roster.all()) {
        roster.remove(replica, 'stopped', deps.clock.now(), 'everything was stopped');
      }
    },
  };
}
