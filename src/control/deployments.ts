import type { Engine } from '../engine/engine.ts';
import type { Configuration } from '../spec/configuration.ts';
import { revisionId } from '../spec/revision.ts';
import type { Spec } from '../spec/spec.ts';
import type { DeploymentRow } from '../state/deployments.ts';
import type { BeginDeps, UnderWay } from './begin-deployment.ts';
import { beginDeployment } from './begin-deployment.ts';
import type { Replaced } from './carry-out.ts';
import type { Collected } from './collect.ts';
import type { ControlPlane } from './control.ts';
import type { DeploymentDetail } from './deployment-record.ts';
import { deploymentOf } from './deployment-record.ts';
import { createDrift } from './drift.ts';
import {
  deploymentInterrupted,
  deploymentUnderWay,
  gatewayNotTold,
  noConfigFile,
} from './errors.ts';
import { configurationInForce } from './configuration-in-force.ts';
import { backTo, lastUseEnded } from './last-use.ts';
import { EVERYTHING_STOPS } from './run-deployment.ts';
import type { Resolve, Target } from './target.ts';
import { oneOfFile, previousOf, targetOf, wholeFile } from './target.ts';
import { resumeHalfway, settle } from './unfinished.ts';
import type { Deployment, ProjectView } from './view.ts';

type OfOurs = 'publish' | 'onCollected' | 'replicas' | 'inForce';

export interface DeploymentsDeps extends Omit<BeginDeps, OfOurs> {
  /** What is in force at the start. */
  readonly configuration: Configuration;
  readonly resolve: Resolve;
  readonly engine: Pick<Engine, 'found' | 'tail'>;
  readonly readConfig: (() => Promise<Configuration>) | null;
}

type Methods = 'deploy' | 'rollback' | 'restart' | 'deployment' | 'interrupt' | 'fileSeen';

/** Deploy, rollback and restart: which configuration is in force, and the one deployment that may be changing it. */
export interface Deployments extends Pick<ControlPlane, Methods> {
  readonly shown: Pick<ProjectView, 'deployment' | 'drift'>;
  readonly underWay: boolean;
  /** In force. */
  readonly spec: Spec;
  /** What the loop saw. */
  collected(collected: Collected): void;
  /** Interrupts one that is under way; resolves when it stands still. None begins after this. */
  stop(why: 'leaving' | 'stopping'): Promise<void>;
}

/** To be made before anything is adopted: an unfinished deployment decides which replicas count. */
export function createDeployments(deps: DeploymentsDeps): Deployments {
  const { store, project, roster, resolve } = deps;
  const now = (): number => deps.clock.now();
  const inForce = configurationInForce(store, deps.configuration);
  const drift = createDrift({ inForce: () => inForce.target.spec, emit: deps.emit, now });
  const listeners = new Set<(collected: Collected) => void>();
  const beginDeps: BeginDeps = {
    ...deps,
    inForce,
    replicas: store.replicas,
    publish: () => untilTold(deps.tellGateway),
    onCollected(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  let unfinished = resumeHalfway(store, project, now(), deps.engine.found().length > 0);
  let underWay: UnderWay | null = null;
  let preparing: Promise<unknown> | null = null;
  let stopped = false;

  /** One at a time, from the first look at the file to the last step. */
  const exclusively = async <T>(prepare: () => Promise<T>): Promise<T> => {
    if (preparing || underWay || stopped) throw deploymentUnderWay(underWay?.record.id ?? null);
    const prepared = prepare();
    preparing = prepared;
    try {
      return await prepared;
    } finally {
      preparing = null;
    }
  };

  const begin = async (
    asking: Pick<DeploymentRow, 'kind' | 'service'>,
    target: Target,
    replaces: Replaced = {},
    opening: string | null = null,
  ): Promise<Deployment | null> => {
    const asked = { asking, target, replaces, mixed: mixed(), opening };
    underWay = await beginDeployment(beginDeps, asked);
    // What is in force is what was wanted, without a step.
    if (!underWay && unfinished) settle(store, unfinished);
    unfinished = null;
    drift.compare();
    if (!underWay) return null;
    const { record, ended } = underWay;
    void ended.then(() => {
      const { state } = record.view;
      const half = state === 'interrupted' || state === 'failed';
      const row = half ? store.deployments.get(record.id) : null;
      unfinished = row && !(row.detail as DeploymentDetail).over ? row : null;
      underWay = null;
      drift.compare();
    });
    return record.view;
  };

  const readFile = async (): Promise<Configuration> => {
    if (!deps.readConfig) throw noConfigFile();
    const configuration = await deps.readConfig();
    drift.fileSeen({ kind: 'readable', configuration });
    return configuration;
  };

  /** Services of which an interrupted deployment left two revisions. */
  const mixed = (): readonly string[] =>
    [...project.services].filter(([, each]) => each.alsoCounts.size > 0).map(([name]) => name);

  const refuseWhileMixed = (names: readonly string[]): void => {
    if (names.length === 0) return;
    throw deploymentInterrupted(unfinished && deploymentOf(unfinished), names);
  };

  /** What is stored of an unfinished one of this kind and service, which is gone on with; else null. */
  const halfOf = (kind: DeploymentRow['kind'], service: string): DeploymentDetail | null =>
    unfinished?.kind === kind && unfinished.service === service
      ? (unfinished.detail as DeploymentDetail)
      : null;

  /** Those that a restart replaces; what one that was interrupted has replaced stays. */
  const toRestart = (service: string): readonly string[] => {
    const there = roster.of(service).filter(({ state }) => state !== 'draining');
    const ids = there.map(({ id }) => id);
    const before = halfOf('restart', service)?.replaces[service] ?? [];
    const left = ids.filter((id) => before.includes(id));
    return left.length > 0 ? left : ids;
  };

  /** Out of an interrupted deployment back to where it began; a rollback that was interrupted is gone on with. */
  const outOfMixed = (service: string): Target => {
    const half = halfOf('rollback', service);
    return half ? targetOf(half.to, inForce.target, resolve) : inForce.target;
  };

  /** Twice is there and back: a person is to see which way it goes. */
  const whereTo = (service: string, { spec }: Target): string | null => {
    const goal = spec.services[service];
    if (!goal) return null;
    const revision = revisionId(goal);
    const until = lastUseEnded(store.deployments, service, revision);
    return backTo(service, revision, until, now());
  };

  /** A service that has left is no more when its last replica is. */
  const dropGone = (): void => {
    const gone = [...project.services].filter(
      ([name, { leaving }]) => leaving && roster.of(name).length === 0,
    );
    for (const [name] of gone) project.drop(name);
    if (gone.length > 0) void deps.tellGateway();
  };

  return {
    deploy: (service) =>
      exclusively(async () => {
        const file = await readFile();
        if (service === null) return begin({ kind: 'deploy', service }, wholeFile(file));
        refuseWhileMixed(mixed().filter((name) => name !== service));
        const target = oneOfFile(inForce.target, file, service, resolve);
        return begin({ kind: 'deploy', service }, target);
      }),
    rollback: (service) =>
      exclusively(async () => {
        project.known(service);
        const half = mixed();
        if (!half.includes(service)) refuseWhileMixed(half);
        const target =
          half.length > 0
            ? outOfMixed(service)
            : previousOf(inForce.target, service, store.revisions, resolve);
        const opening = half.length > 0 ? null : whereTo(service, target);
        return (await begin({ kind: 'rollback', service }, target, {}, opening)) as Deployment;
      }),
    restart: (service) =>
      exclusively(async () => {
        project.known(service);
        refuseWhileMixed(mixed());
        const replaces = { [service]: toRestart(service) };
        const begun = await begin({ kind: 'restart', service }, inForce.target, replaces);
        return begun as Deployment;
      }),
    deployment(id) {
      if (underWay?.record.id === id) return underWay.record.view;
      const row = store.deployments.get(id);
      return row && deploymentOf(row);
    },
    async interrupt(id) {
      if (underWay?.record.id !== id) {
        return deploymentOf(store.deployments.get(id) as DeploymentRow);
      }
      const { record, interrupt, ended } = underWay;
      interrupt.abort(new Error('interrupted'));
      await ended;
      return record.view;
    },
    fileSeen: drift.fileSeen,
    get shown() {
      const deployment = underWay?.record.view ?? (unfinished && deploymentOf(unfinished));
      return { deployment, drift: drift.shown };
    },
    get spec() {
      return inForce.target.spec;
    },
    get underWay() {
      return underWay !== null;
    },
    collected(collected) {
      for (const listener of listeners) listener(collected);
      dropGone();
    },
    async stop(why) {
      stopped = true;
      await preparing?.catch(() => undefined);
      const reason = why === 'stopping' ? EVERYTHING_STOPS : new Error('the control plane ends');
      underWay?.halt.abort(reason);
      await underWay?.ended;
    },
  };
}

// Private

/** A gateway that is brought back, or busy, takes what it is told a moment later. */
const TELL_TRIES = 5;
const TELL_PAUSE_MS = 500;

/** @throws TidegateError GATEWAY_REFUSED */
async function untilTold(tell: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; !(await tell()); tries++) {
    if (tries === TELL_TRIES) throw gatewayNotTold();
    await new Promise((resolve) => setTimeout(resolve, TELL_PAUSE_MS));
  }
}
