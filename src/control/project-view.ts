import type { ServiceTraffic } from '../gateway/gateway.ts';
import { reportOf, type ReplicaUsage } from '../signals/sample.ts';
import type { ReplicaRow } from '../state/replicas.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { Collected } from './collect.ts';
import type { ManagedService } from './managed-service.ts';
import { specOf } from './managed-service.ts';
import type { Replica } from './roster.ts';
import { startNote } from './start-note.ts';
import type { ShadowView } from './shadows/shadow-view.ts';
import type { CircuitView, EjectedView, ReplicaView, ServiceView } from './view.ts';

/** What is shown of a service: its replicas in the order of their birth, with what was last seen of each. */
export function viewService(
  service: ManagedService,
  replicas: readonly Replica[],
  failed: readonly ReplicaRow[],
  lastDecision: StoredDecision | null,
  seen: Collected | null,
  circuit: CircuitView | null,
  shadows: readonly ShadowView[],
  now: number,
): ServiceView {
  const { spec, revision, desired, paused, pinned, snapshot, problem } = service;
  const traffic = seen?.traffic?.services[spec.name] ?? null;
  return {
    spec,
    revision,
    desired,
    paused,
    pinned,
    deploying: service.deploying,
    snapshot,
    learned: service.learned,
    shadows,
    lastDecision,
    problem,
    circuit: circuit && {
      state: circuit.state,
      since: circuit.since,
      reason: circuit.reason,
      untilAt: circuit.untilAt,
    },
    replicas: [
      ...replicas.map((replica) =>
        noting(
          viewReplica(replica, spec.resources.cpu ?? 1, seen?.usage?.get(replica.id), traffic),
          replica,
          service,
          now,
        ),
      ),
      ...failed.map(viewFailed),
    ],
  };
}

// Private

function viewReplica(
  replica: Replica,
  cores: number,
  usage: ReplicaUsage | undefined,
  traffic: ServiceTraffic | null,
): ReplicaView {
  const server = traffic?.servers.find((each) => each.replica === replica.id);
  const state = replica.state === 'ready' && !replica.inGateway ? 'starting' : replica.state;
  return {
    id: replica.id,
    state,
    healthy: state === 'ready' ? replica.unhealthySince === null : null,
    revision: replica.revision,
    address: replica.address ? `${replica.address.host}:${replica.address.port}` : null,
    pid: replica.pid,
    startedAt: replica.startedAt,
    cpu: usage?.cpuCores == null ? null : usage.cpuCores / cores,
    memoryBytes: usage?.memoryBytes ?? null,
    inFlight: server?.inFlight ?? null,
    eventLoopDelayMs: reportOf(usage?.eventLoop)?.delayP99Ms ?? null,
    ejected: ejectedView(replica),
    note: replica.note,
  };
}

function ejectedView({ ejected }: Replica): EjectedView | null {
  if (!ejected) return null;
  const { since, untilAt, times, reason } = ejected;
  return { since, untilAt, times, reason };
}

/** One that starts is shown with what is waited for. */
function noting(
  view: ReplicaView,
  replica: Replica,
  service: ManagedService,
  now: number,
): ReplicaView {
  if (replica.state !== 'starting' || !replica.address) return view;
  const { health } = specOf(service, replica.revision);
  return { ...view, note: { text: startNote(replica, health, now), at: replica.startedAt } };
}

/** The newest replica of a crash loop: nothing of it runs any more, but it is what one wants to see. */
function viewFailed(row: ReplicaRow): ReplicaView {
  return {
    id: row.id,
    state: 'failed',
    healthy: null,
    revision: row.revision,
    address: null,
    pid: null,
    startedAt: row.startedAt,
    cpu: null,
    memoryBytes: null,
    inFlight: null,
    eventLoopDelayMs: null,
    ejected: null,
    note: row.note === null ? null : { text: row.note, at: row.stoppedAt ?? row.startedAt },
  };
}
