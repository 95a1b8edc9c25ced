import type { Ejected } from './breaker/ejection.ts';
import type { ControlEvent } from './control.ts';
import type { ReplicaRow, ReplicaState, ReplicaStore } from '../state/replicas.ts';

/** One running or coming replica, as reconcile sees it. */
export interface Replica {
  readonly id: string;
  readonly service: string;
  readonly revision: string;
  state: 'starting' | 'ready' | 'draining';
  address: { readonly host: string; readonly port: number } | null;
  pid: number | null;
  identity: unknown;
  /** ms since the epoch. */
  readonly startedAt: number;
  readyAt: number | null;
  /** The gateway was told that it is ready; until then a request could still find nobody. */
  inGateway: boolean;
  /** Why it is to be replaced, start-first; null: it is fine. */
  condemned: string | null;
  /** What it last did instead of answering healthy while it starts: `'answered 500'`; null: not asked yet, or ready. */
  lastAnswer: string | null;
  /** The gateway's checks have failed since; null: healthy. */
  unhealthySince: number | null;
  /** It errs and gets no requests for a while; null: it gets its share. */
  ejected: Ejected | null;
  /** Above `resources.memory` since; null: below. */
  overMemorySince: number | null;
  /** It got SIGTERM and finishes what it fetched; the gateway knows it no more. */
  ending: boolean;
  /** What was last told of it, ms since the epoch; null: it came to its state without a word. */
  note: { readonly text: string; readonly at: number } | null;
  readonly abort: AbortController;
}

/** What is known of a replica that ran before this control plane did. */
export type KnownReplica = Pick<
  Replica,
  'id' | 'service' | 'revision' | 'state' | 'address' | 'pid' | 'identity' | 'startedAt' | 'readyAt'
>;

/** A replica of which nothing is known beyond that. */
export function replicaOf(known: KnownReplica): Replica {
  return {
    ...known,
    inGateway: known.state !== 'starting',
    condemned: null,
    lastAnswer: null,
    unhealthySince: null,
    ejected: null,
    overMemorySince: null,
    ending: false,
    note: null,
    abort: new AbortController(),
  };
}

/** The replicas that are there, each change stored before it is told. */
export interface Roster {
  of(service: string): readonly Replica[];
  all(): readonly Replica[];
  find(id: string): Replica | undefined;
  /** A new replica in state `starting`; its number is never used again. */
  enlist(service: string, revision: string, now: number): Replica;
  /** One that an earlier control plane started, taken over in this state; its number is never used again. */
  restore(known: KnownReplica, now: number): Replica;
  /** It has an address and a process now. */
  located(replica: Replica, found: Pick<Replica, 'address' | 'pid' | 'identity'>): void;
  move(replica: Replica, state: 'ready' | 'draining', now: number, note?: string): void;
  /** Something worth telling happened to it that leaves its state as it is; with a code it is remembered as an incident. */
  note(replica: Replica, now: number, note: string, code?: string): void;
  /** It is no more; unknown or already removed replicas are left alone. */
  remove(replica: Replica, state: 'stopped' | 'failed', now: number, note: string | null): void;
}

export function createRoster(store: ReplicaStore, emit: (event: ControlEvent) => void): Roster {
  const replicas = new Map<string, Replica>();

  const save = (replica: Replica, state: ReplicaState, now: number, note: string | null): void => {
    const ended = state === 'stopped' || state === 'failed';
    store.put({
      id: replica.id,
      service: replica.service,
      revision: replica.revision,
      state,
      host: replica.address?.host ?? null,
      port: replica.address?.port ?? null,
      pid: replica.pid,
      identity: replica.identity,
      startedAt: replica.startedAt,
      readyAt: replica.readyAt,
      stoppedAt: ended ? now : null,
      note,
    } satisfies ReplicaRow);
  };
  const tell = (
    replica: Replica,
    state: ReplicaState,
    was: ReplicaState | null,
    now: number,
    note: string | null,
    code?: string,
  ): void => {
    replica.note = note === null ? null : { text: note, at: now };
    emit({
      kind: 'replica',
      at: now,
      service: replica.service,
      replica: replica.id,
      state,
      was,
      note,
      ...(code === undefined ? {} : { code }),
    });
  };

  return {
    of: (service) => [...replicas.values()].filter((replica) => replica.service === service),
    all: () => [...replicas.values()],
    find: (id) => replicas.get(id),
    enlist(service, revision, now) {
      const replica = replicaOf({
        id: `${service}-${store.nextNumber(service)}`,
        service,
        revision,
        state: 'starting',
        address: null,
        pid: null,
        identity: null,
        startedAt: now,
        readyAt: null,
      });
      replicas.set(replica.id, replica);
      save(replica, 'starting', now, null);
      tell(replica, 'starting', null, now, null);
      return replica;
    },
    restore(known, now) {
      const replica = replicaOf(known);
      const number = Number(known.id.slice(known.id.lastIndexOf('-') + 1));
      if (Number.isSafeInteger(number)) store.takeNumber(known.service, number);
      replicas.set(replica.id, replica);
      save(replica, replica.state, now, null);
      tell(replica, replica.state, replica.state, now, 'adopted');
      return replica;
    },
    located(replica, { address, pid, identity }) {
      Object.assign(replica, { address, pid, identity });
      save(replica, replica.state, replica.startedAt, null);
    },
    move(replica, state, now, note) {
      const was = replica.state;
      replica.state = state;
      if (state === 'ready') replica.readyAt = now;
      save(replica, state, now, note ?? null);
      tell(replica, state, was, now, note ?? null);
    },
    note(replica, now, note, code) {
      tell(replica, replica.state, replica.state, now, note, code);
    },
    remove(replica, state, now, note) {
      if (!replicas.delete(replica.id)) return;
      save(replica, state, now, note);
      tell(replica, state, replica.state, now, note);
    },
  };
}

/** It drains, or was called back before it was ready: it counts as nothing any more. */
export function isLeaving({ state, abort }: Pick<Replica, 'state' | 'abort'>): boolean {
  return state === 'draining' || (state === 'starting' && abort.signal.aborted);
}

/** It takes traffic: ready, and the gateway knows. */
export function isServing({ state, inGateway }: Pick<Replica, 'state' | 'inGateway'>): boolean {
  return state === 'ready' && inGateway;
}
