import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Engine, FoundReplica, RunningReplica } from '../engine/engine.ts';
import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import { codeOf } from '../kit/errors.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { ReplicaRow } from '../state/replicas.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import type { Incidents } from './incidents.ts';
import { GATEWAY_FACT } from './leftovers.ts';
import type { ManagedService } from './managed-service.ts';
import { goOnFrom } from './managed-service.ts';
import type { Project } from './project.ts';
import type { KnownReplica, Replica, Roster } from './roster.ts';

/** What of an earlier control plane was found. */
export interface Adoption {
  /** The ids of the replicas gone on with. */
  readonly replicas: readonly string[];
  /** Null: there was none to go on with, and one was started. */
  readonly gatewayPid: number | null;
  /** What runs and cannot be proved ours: left alone. */
  readonly unproven: readonly string[];
}

export interface AdoptDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly engine: Pick<Engine, 'found' | 'adopt' | 'untilHealthy'>;
  readonly gateway: Pick<Gateway, 'adopt' | 'start' | 'pid'>;
  readonly roster: Roster;
  readonly book: Book;
  readonly project: Project;
  readonly incidents: Pick<Incidents, 'problem'>;
}

/**
 * Takes over the replicas and the HAProxy that an earlier control plane left, or starts an HAProxy. Each replica is in
 * the roster then, in the state it was in; one that had been on its way out, or whose service is not in force, as
 * `draining`. Services go on from the count that was decided last.
 * @throws TidegateError what `Gateway.start` throws
 */
export async function adopt(deps: AdoptDeps, state: () => GatewayState): Promise<Adoption> {
  const { clock, log, gateway, project, store, book, roster } = deps;
  const outcomes = await adoptReplicas(deps);
  const replicas = outcomes.flatMap((each) => (each && typeof each === 'object' ? [each.id] : []));
  const found = await adoptGateway(deps, state);
  const unproven = [...found.unproven, ...outcomes.filter((each) => typeof each === 'string')];
  const gatewayPid = found.adopted ? gateway.pid() : null;
  if (replicas.length > 0 || found.adopted) {
    for (const service of project.services.values()) {
      const { name } = service.spec;
      const [last] = store.decisions.last(name, 1);
      // Who does not answer yet is no reason to go on with fewer: it may be that the machine is too busy to.
      const members = roster.of(name).filter((each) => each.state !== 'draining').length;
      goOnFrom(service, last?.desired ?? members);
      if (last) book.takeUp(last);
      settle(service, clock.now());
    }
    const states = Object.fromEntries(roster.all().map(({ id, state }) => [id, state]));
    log.info({ replicas: states, gatewayPid }, 'adopted what an earlier control plane had left');
  }
  if (unproven.length > 0) log.warn({ unproven }, 'left alone: it cannot be proved ours');
  return { replicas, gatewayPid, unproven };
}

// Private

/** The rows of each service that ended last. */
const RECENT = 10;

/** For a replica whose state is not known: whether it answers now. */
const LOOK_MS = 2 * SECOND;

/** Adopted; a name: cannot be proved ours; null: gone. */
type Outcome = Replica | string | null;

/** The windows of signals are empty: nothing goes down before they have filled. Upwards nothing waits. */
function settle(service: ManagedService, now: number): void {
  const { lastUpAt } = service.memory;
  const since = now - service.spec.scale.cooldown.upMs;
  service.memory = { ...service.memory, lastUpAt: Math.max(lastUpAt ?? since, since) };
}

/** Those that the state file believes in, and those that nobody wrote down. */
async function adoptReplicas(deps: AdoptDeps): Promise<readonly Outcome[]> {
  const { store, engine, project } = deps;
  const found = new Map(engine.found().map((replica) => [replica.id, replica]));
  const live = store.replicas.live();
  const lives = new Set(live.map(({ id }) => id));
  const unwritten = [...found.values()].filter(({ id }) => !lives.has(id));
  // Whoever ended these may have been killed before their children had ended too.
  const ended = [...project.services.keys()]
    .flatMap((name) => store.replicas.recent(name, RECENT))
    .filter(({ id }) => !lives.has(id) && !found.has(id));
  return Promise.all([
    ...live.map((row) => adoptRow(deps, row, found.get(row.id) ?? null)),
    ...unwritten.map((replica) => adoptFound(deps, replica)),
    ...ended.map((row) => clearEnded(deps, row)),
  ]);
}

async function adoptGateway(
  { gateway, store, log }: AdoptDeps,
  state: () => GatewayState,
): Promise<{ readonly adopted: boolean; readonly unproven: readonly string[] }> {
  const adoption = await gateway.adopt(store.facts.get(GATEWAY_FACT), state()).catch((err) => {
    if (codeOf(err) !== 'GATEWAY_SILENT') throw err;
    log.error({ err }, 'the gateway that was left does not answer; starting another');
    return { kind: 'gone' } as const;
  });
  if (adoption.kind === 'adopted') return { adopted: true, unproven: [] };
  await gateway.start(state());
  const pids = adoption.kind === 'unproven' ? adoption.pids : [];
  return { adopted: false, unproven: pids.map((pid) => `the gateway (pid ${pid})`) };
}

async function adoptRow(
  deps: AdoptDeps,
  row: ReplicaRow,
  found: FoundReplica | null,
): Promise<Outcome> {
  const { engine, store, clock } = deps;
  // Killed between the spawn and its row: what was found tells the rest.
  const running = runningOf(row) ?? found;
  const outcome = running ? await engine.adopt(running) : 'gone';
  if (running && outcome === 'adopted') {
    return restore(deps, { ...row, ...placeOf(running), state: stateOf(deps, row) });
  }
  const unproven = running !== null && outcome === 'unproven';
  const note = unproven
    ? `pid ${running.pid} cannot be proved ours; it was left alone`
    : 'it had ended while no control plane ran';
  const at = clock.now();
  store.replicas.put({ ...row, state: 'stopped', stoppedAt: at, note });
  if (row.state === 'ready') {
    const message = `${row.id}: ${note}.`;
    deps.incidents.problem(row.service, { at, code: 'REPLICA_DIED', message, log: [] });
  }
  return unproven ? nameOf(running) : null;
}

/** One that nobody wrote down, or that was on its way out. */
async function adoptFound(deps: AdoptDeps, found: FoundReplica): Promise<Outcome> {
  const { engine, store, clock, project } = deps;
  const outcome = await engine.adopt(found);
  if (outcome !== 'adopted') return outcome === 'unproven' ? nameOf(found) : null;
  const known = { ...found, ...placeOf(found), readyAt: null };
  const service = project.services.get(found.service)?.spec;
  if (store.replicas.get(found.id) || !service) {
    return restore(deps, { ...known, state: 'draining' });
  }
  // The state file was lost: to leave one that serves out of the gateway until it is ready would be an outage.
  const serves = await engine
    .untilHealthy(found.id, service.health, AbortSignal.timeout(LOOK_MS))
    .then(
      () => true,
      () => false,
    );
  return restore(
    deps,
    serves ? { ...known, state: 'ready', readyAt: clock.now() } : { ...known, state: 'starting' },
  );
}

async function clearEnded(deps: AdoptDeps, row: ReplicaRow): Promise<Outcome> {
  const running = runningOf(row);
  if (!running || (await deps.engine.adopt(running)) !== 'adopted') return null;
  return restore(deps, { ...row, ...placeOf(running), state: 'draining' });
}

function restore({ roster, clock }: AdoptDeps, known: KnownReplica): Replica {
  const { id, service, revision, state, address, pid, identity, startedAt, readyAt } = known;
  return roster.restore(
    { id, service, revision, state, address, pid, identity, startedAt, readyAt },
    clock.now(),
  );
}

function stateOf({ project }: AdoptDeps, { service, state }: ReplicaRow): Replica['state'] {
  if (!project.services.has(service)) return 'draining';
  return state === 'ready' || state === 'starting' ? state : 'draining';
}

function placeOf({
  address,
  pid,
  identity,
}: RunningReplica): Pick<KnownReplica, 'address' | 'pid' | 'identity'> {
  return { address, pid, identity };
}

function runningOf({
  id,
  host,
  port,
  pid,
  startedAt,
  identity,
}: ReplicaRow): RunningReplica | null {
  if (host === null || port === null || pid === null || identity === null) return null;
  const address = { host, port };
  return { id, address, pid, startedAt, identity: identity as ProcessIdentity };
}

function nameOf({ id, pid }: RunningReplica): string {
  return `${id} (pid ${pid})`;
}
