import { isDeepStrictEqual } from 'node:util';
import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import type { Known, Material } from '../gateway/keys/material.ts';
import { messageOf } from '../kit/errors.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import type { DeploymentRow } from '../state/deployments.ts';
import type { Store } from '../state/store.ts';
import type { Replaced } from './carry-out.ts';
import type { ControlEvent } from './control.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import { createRecord, deployedServices, mixedServices } from './deployment-record.ts';
import { databasesFixed, gatewayWouldRefuse, notDeployable } from './errors.ts';
import type { ServedSpec } from './gateway-state.ts';
import type { ConfigurationInForce } from './configuration-in-force.ts';
import { rememberRevision } from './managed-service.ts';
import type { RunDeps } from './run-deployment.ts';
import { alreadyThere } from './rollout.ts';
import { p95Before, runDeployment } from './run-deployment.ts';
import type { Secrets } from './secrets.ts';
import type { Target } from './target.ts';
import type { Transition } from './transition.ts';
import { changedServers, fixedKeys, isNothing, transitionOf } from './transition.ts';

export interface BeginDeps extends RunDeps {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly inForce: ConfigurationInForce;
  readonly gateway: Pick<Gateway, 'check'>;
  readonly material: Pick<Material, 'of' | 'read'>;
  /** What the gateway would be like with the replicas there are. */
  readonly stateOf: (served: ServedSpec, known: Known) => GatewayState;
  readonly emit: (event: ControlEvent) => void;
}

export interface Asked {
  readonly asking: Pick<DeploymentRow, 'kind' | 'service'>;
  readonly target: Target;
  /** The replicas that a restart replaces, by service. */
  readonly replaces: Replaced;
  /** Services of which two revisions serve: they are brought to the target whatever their own is. */
  readonly mixed: readonly string[];
  /** The first step, in words. */
  readonly opening: string | null;
}

/** A deployment that has begun. */
export interface UnderWay {
  readonly record: DeploymentRecord;
  readonly interrupt: AbortController;
  /** Stops it also on its way back. */
  readonly halt: AbortController;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Checks all that can be known before anything is changed, stores the deployment and begins to carry it out. Null where
 * nothing is to be done: the target is in force then.
 * @throws TidegateError NOT_DEPLOYABLE, SECRET_MISSING, MATERIAL_UNUSABLE, GATEWAY_REFUSED; what the state file throws
 */
export async function beginDeployment(
  deps: BeginDeps,
  { asking, target, replaces, mixed, opening }: Asked,
): Promise<UnderWay | null> {
  const { store, project, clock, emit, inForce, log } = deps;
  const now = (): number => clock.now();
  const from = inForce.target;
  const anyway = new Set([...mixed, ...Object.keys(replaces)]);
  const transition = transitionOf(from.spec, target.spec, anyway);
  if (isNothing(transition)) {
    inForce.take(target);
    return null;
  }
  const takeBackSecrets = await check(deps, transition, asking.kind);
  const record = createRecord({ store: store.deployments, log, emit, now }, asking, {
    from: from.applied,
    to: target.applied,
    changes: transition.changes,
    services: deployedServices(
      transition,
      (name) => project.known(name).desired,
      (target) => alreadyThere(deps.roster, target, new Set(replaces[target.name] ?? [])).length,
    ),
    mixed: mixedServices(transition),
    replaces,
    traffic: {
      requests: 0,
      failed: 0,
      p95BeforeMs: p95Before(project, transition),
      p95DuringMs: null,
    },
  });
  if (opening !== null) record.say(opening);
  // From now on what goes wrong with what comes is of interest.
  for (const { name } of transition.rolled) project.known(name).problem = null;
  const takeInForce = (): void => {
    for (const spec of [...transition.added, ...transition.rolled]) {
      rememberRevision(spec, store, now());
    }
    inForce.take(target);
  };
  const [interrupt, halt] = [new AbortController(), new AbortController()];
  const stops = { interrupt: interrupt.signal, halt: halt.signal };
  const plan = { record, transition, replaces, takeBackSecrets, takeInForce };
  const ended = runDeployment(deps, plan, stops).catch((err: unknown) => {
    log.error({ err }, `deployment ${record.id} ended in an error`);
    record.end('failed', messageOf(err));
  });
  return { record, interrupt, halt, ended };
}

// Private

/** Returns how to take back the secrets that were read for it. */
async function check(
  { secrets, gateway, material, stateOf }: BeginDeps,
  transition: Transition,
  kind: DeploymentRow['kind'],
): Promise<() => void> {
  const fixed = fixedKeys(transition);
  if (fixed.length > 0) throw notDeployable(fixed);
  const servers = changedServers(transition);
  if (servers.length > 0) throw databasesFixed(servers);
  const { from, to, added, rolled } = transition;
  const known = await materialFor(material, from.gateway, to.gateway, kind);
  const takeBack = secrets.read([...added, ...rolled], to);
  const problems = await gateway
    .check(stateOf({ gateway: to.gateway, services: Object.values(to.services) }, known))
    .catch((thrown: unknown) => [messageOf(thrown)]);
  if (problems.length === 0) {
    known.keep();
    return takeBack;
  }
  takeBack();
  throw gatewayWouldRefuse(problems);
}

/** Who wants to go back must be able to, whatever has become of files that are in force anyway. */
async function materialFor(
  material: BeginDeps['material'],
  from: GatewaySpec,
  to: GatewaySpec,
  kind: DeploymentRow['kind'],
): Promise<Known & { keep(): void }> {
  const same = isDeepStrictEqual([from.tls, from.jwt], [to.tls, to.jwt]);
  if (kind !== 'deploy' && same) return { ...material.of(to), keep: () => undefined };
  return material.read(to, 'deploy');
}
