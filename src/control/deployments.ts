import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import { messageOf } from '../kit/errors.ts';
import type { Configuration } from '../spec/configuration.ts';
import type { DeploymentRow } from '../state/deployments.ts';
import type { Store } from '../state/store.ts';
import { APPLIED_FACT, appliedFrom } from './applied.ts';
import type { Replaced } from './carry-out.ts';
import type { Collected } from './collect.ts';
import type { ControlEvent, ControlPlane } from './control.ts';
import type { DeploymentDetail, DeploymentRecord } from './deployment-record.ts';
import {
  createRecord,
  deployedServices,
  deploymentOf,
  mixedServices,
} from './deployment-record.ts';
import { createDrift } from './drift.ts';
import {
  deploymentInterrupted,
  deploymentUnderWay,
  gatewayNotTold,
  gatewayWouldRefuse,
  noConfigFile,
  notDeployable,
} from './errors.ts';
import type { ServedSpec } from './gateway-state.ts';
import { rememberRevision } from './managed-service.ts';
import type { RunDeps } from './run-deployment.ts';
import { p95Before, runDeployment } from './run-deployment.ts';
import type { Secrets } from './secrets.ts';
import type { Resolve, Target } from './target.ts';
import { oneOfFile, previousOf, targetOf, wholeFile } from './target.ts';
import type { Transition } from './transition.ts';
import { fixedKeys, isNothing, transitionOf } from './transition.ts';
import { resumeHalfway } from './unfinished.ts';
import type { Deployment, ProjectView } from './view.ts';

export interface DeploymentsDeps extends Omit<RunDeps, 'publish' | 'onCollected' | 'replicas'> {
  readonly store: Store;
  readonly secrets: Secrets;
  /** What is in force at the start. */
  readonly configuration: Configuration;
  readonly resolve: Resolve;
  readonly readConfig: (() => Promise<Configuration>) | null;
  readonly gateway: Pick<Gateway, 'check'>;
  /** What the gateway would be like with the replicas there are. */
  readonly stateOf: (served: ServedSpec) => GatewayState;
  readonly tellGateway: () => Promise<boolean>;
  readonly emit: (event: ControlEvent) => void;
}

type Asked = 'deploy' | 'rollback' | 'restart' | 'deployment' | 'interrupt' | 'fileSeen';

/** Deploy, rollback and restart: which configuration is in force, and the one deployment that may be changing it. */
export interface Deployments extends Pick<ControlPlane, Asked> {
  readonly shown: Pick<ProjectView, 'deployment' | 'drift'>;
  readonly underWay: boolean;
  /** What the loop saw. */
  collected(collected: Collected): void;
  /** Interrupts one that is under way; resolves when it stands still. None begins after this. */
  stop(): Promise<void>;
}

type Asking = Pick<DeploymentRow, 'kind' | 'service'>;

interface UnderWay {
  readonly record: DeploymentRecord;
  readonly interrupt: AbortController;
  readonly ended: Promise<void>;
}

/** To be made before anything is adopted: an unfinished deployment decides which replicas count. */
export function createDeployments(deps: DeploymentsDeps): Deployments {
  const { store, project, clock, emit, secrets, log } = deps;
  const now = (): number => clock.now();
  const listeners = new Set<(collected: Collected) => void>();
  let inForce = inForceAtStart(deps);
  let unfinished = resumeHalfway(store, project, now());
  let underWay: UnderWay | null = null;
  let busy = false;
  let stopped = false;
  const drift = createDrift({ inForce: () => inForce.spec, emit, now });
  const runDeps: RunDeps = {
    ...deps,
    replicas: store.replicas,
    publish: () => untilTold(deps.tellGateway),
    onCollected(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };

  /** One at a time, from the first look at the file to the last step. */
  const exclusively = async <T>(prepare: () => Promise<T>): Promise<T> => {
    if (busy || stopped) throw deploymentUnderWay(underWay?.record.id ?? null);
    busy = true;
    try {
      return await prepare();
    } finally {
      if (!underWay) busy = false;
    }
  };

  /** Services of which an interrupted deployment left two revisions. */
  const mixed = (): readonly string[] =>
    [...project.services].filter(([, each]) => each.alsoCounts.size > 0).map(([name]) => name);

  const refuseWhileMixed = (names: readonly string[]): void => {
    if (names.length > 0) throw deploymentInterrupted(unfinished?.id ?? null, names);
  };

  const takeInForce = (target: Target): void => {
    // Written down first: the next control plane goes on from it.
    store.facts.set(APPLIED_FACT, target.applied);
    inForce = target;
  };

  /** All that can be known before anything is changed; returns how to take back the secrets that were read for it. */
  const check = async (transition: Transition): Promise<() => void> => {
    const fixed = fixedKeys(transition);
    if (fixed.length > 0) throw notDeployable(fixed);
    const { gateway, services } = transition.to;
    const takeBack = secrets.read([...transition.added, ...transition.rolled]);
    const problems = await deps.gateway
      .check(deps.stateOf({ gateway, services: Object.values(services) }))
      .catch((thrown: unknown) => [messageOf(thrown)]);
    if (problems.length === 0) return takeBack;
    takeBack();
    throw gatewayWouldRefuse(problems);
  };

  const begin = async (asking: Asking, target: Target, replaces: Replaced = {}) => {
    const anyway = new Set([...mixed(), ...Object.keys(replaces)]);
    const transition = transitionOf(inForce.spec, target.spec, anyway);
    if (isNothing(transition)) {
      takeInForce(target);
      unfinished = null;
      drift.compare();
      return null;
    }
    const takeBackSecrets = await check(transition);
    const record = createRecord({ store: store.deployments, emit, now }, asking, {
      from: inForce.applied,
      to: target.applied,
      changes: transition.changes,
      services: deployedServices(transition, (name) => project.known(name).desired),
      mixed: mixedServices(transition),
      replaces,
      traffic: {
        requests: 0,
        failed: 0,
        p95BeforeMs: p95Before(project, transition),
        p95DuringMs: null,
      },
    });
    const plan = {
      record,
      transition,
      replaces,
      takeBackSecrets,
      takeInForce() {
        for (const spec of [...transition.added, ...transition.rolled]) {
          rememberRevision(spec, store, now());
        }
        takeInForce(target);
      },
    };
    unfinished = null;
    const interrupt = new AbortController();
    const ended = runDeployment(runDeps, plan, interrupt.signal)
      .catch((err: unknown) => {
        log.error({ err }, `deployment ${record.id} ended in an error`);
        record.end('failed', messageOf(err));
      })
      .finally(() => {
        const row = store.deployments.get(record.id);
        if (row?.state === 'interrupted' || row?.state === 'failed') unfinished = row;
        underWay = null;
        busy = false;
        drift.compare();
      });
    underWay = { record, interrupt, ended };
    return record.view;
  };

  const readFile = async (): Promise<Configuration> => {
    if (!deps.readConfig) throw noConfigFile();
    const configuration = await deps.readConfig();
    drift.fileSeen({ kind: 'readable', configuration });
    return configuration;
  };

  /** Those that a restart replaces; what one that was interrupted has replaced stays. */
  const toRestart = (service: string): readonly string[] => {
    const there = deps.roster.of(service).filter(({ state }) => state !== 'draining');
    const ids = there.map(({ id }) => id);
    const goesOn = unfinished?.kind === 'restart' && unfinished.service === service;
    const before = goesOn ? (unfinished?.detail as DeploymentDetail).replaces[service] : undefined;
    const left = ids.filter((id) => before?.includes(id));
    return left.length > 0 ? left : ids;
  };

  /** Out of an interrupted deployment back to where it began; a rollback that was interrupted is gone on with. */
  const outOfMixed = (service: string): Target => {
    const goesOn = unfinished?.kind === 'rollback' && unfinished.service === service;
    if (!goesOn) return inForce;
    return targetOf((unfinished?.detail as DeploymentDetail).to, deps.resolve);
  };

  /** A service that has left is no more when its last replica is. */
  const dropGone = (): void => {
    const gone = [...project.services].filter(
      ([name, { leaving }]) => leaving && deps.roster.of(name).length === 0,
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
        const target = oneOfFile(inForce, file, service, deps.resolve);
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
            : previousOf(inForce, service, store.revisions, deps.resolve);
        return (await begin({ kind: 'rollback', service }, target)) as Deployment;
      }),
    restart: (service) =>
      exclusively(async () => {
        project.known(service);
        refuseWhileMixed(mixed());
        const replaces = { [service]: toRestart(service) };
        return (await begin({ kind: 'restart', service }, inForce, replaces)) as Deployment;
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
    get underWay() {
      return underWay !== null;
    },
    collected(collected) {
      for (const listener of listeners) listener(collected);
      dropGone();
    },
    async stop() {
      stopped = true;
      underWay?.interrupt.abort(new Error('the control plane ends'));
      await underWay?.ended;
    },
  };
}

// Private

/** A gateway that is brought back, or busy, takes what it is told a moment later. */
const TELL_TRIES = 5;
const TELL_PAUSE_MS = 500;

function inForceAtStart({ store, configuration: { input, spec } }: DeploymentsDeps): Target {
  const applied = appliedFrom(store.facts.get(APPLIED_FACT)) ?? { input, overrides: {} };
  return { applied, spec };
}

/** @throws TidegateError GATEWAY_REFUSED */
async function untilTold(tell: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; !(await tell()); tries++) {
    if (tries === TELL_TRIES) throw gatewayNotTold();
    await new Promise((resolve) => setTimeout(resolve, TELL_PAUSE_MS));
  }
}
