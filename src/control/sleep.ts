import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import type { HeldRequests } from './held-requests.ts';
import type { ManagedService } from './managed-service.ts';
import type { Roster } from './roster.ts';
import { isServing } from './roster.ts';
import type { Waiting } from './scale-loop.ts';

export interface SleepDeps {
  readonly clock: Clock;
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly roster: Pick<Roster, 'of'>;
  readonly held: HeldRequests;
  /** Until when no start is tried after one that failed, ms since the epoch; null: one is tried when it is wanted. */
  readonly waitsUntil: (service: string) => number | null;
  /** Decides whether to start one. */
  readonly wake: (service: ManagedService, waits: Waiting) => void;
  /** Whether only want of room keeps it from being started: in words; null: nothing of the kind does. */
  readonly noRoom: (service: string) => string | null;
  readonly onNoRoom: (service: string, why: string) => void;
  readonly publish: () => Promise<boolean>;
}

/** Sleep and wake of services with `min: 0`, between what the gateway hears and what it is told. */
export interface Sleep {
  /** A request is held for it. One replica is woken however many wait and however often it is told. */
  demanded(service: string): void;
  /** Tasks wait for it; told again as long as they do. */
  queued(service: ManagedService): void;
  /** For how long its requests are refused while it has no replica, whole seconds; null: they wake one. */
  refusedSeconds(service: string): number | null;
  /** Tells the gateway when requests are refused that were not, or the other way round. */
  tell(): void;
  /** Nothing is woken any more: those that wait are refused. */
  stop(): Promise<void>;
}

/** Nobody knows when a person will release a service that was paused or pinned while it slept. */
const PERSON_SECONDS = 30;

/** Where the machine has no room. Shorter than demand is remembered: it wakes by itself when there is room meanwhile. */
const NO_ROOM_SECONDS = 3;

export function createSleep(deps: SleepDeps): Sleep {
  const { clock, services, roster, held } = deps;
  /** Until when it is not tried again, ms since the epoch. */
  const noRoomUntil = new Map<string, number>();
  let told = '';
  let stopped = false;

  const refusedSeconds = (name: string): number | null => {
    const service = services.get(name);
    if (!service || service.spec.scale.min > 0) return null;
    if (stopped) return PERSON_SECONDS;
    const { desired, paused, pinned } = service;
    if (desired === 0 && (paused || pinned !== null)) return PERSON_SECONDS;
    const until = deps.waitsUntil(name);
    if (until !== null) return Math.max(1, Math.ceil((until - clock.now()) / SECOND));
    return desired === 0 && lacksRoom(name) ? NO_ROOM_SECONDS : null;
  };

  const lacksRoom = (name: string): boolean => {
    const leftMs = (noRoomUntil.get(name) ?? 0) - clock.now();
    // More than that is left of a clock that was set back.
    return leftMs > 0 && leftMs <= NO_ROOM_SECONDS * SECOND;
  };

  const tell = (): void => {
    const sleepers = [...services.keys()].filter((name) => refusedSeconds(name) !== null);
    const now = sleepers.join();
    if (now === told) return;
    told = now;
    for (const name of sleepers) if (!lacksRoom(name)) held.refused(name);
    void deps.publish();
  };

  const wake = (service: ManagedService, waits: Waiting): void => {
    const { name } = service.spec;
    deps.wake(service, waits);
    const why = service.desired === 0 ? deps.noRoom(name) : null;
    if (why === null) return;
    noRoomUntil.set(name, clock.now() + NO_ROOM_SECONDS * SECOND);
    deps.onNoRoom(name, why);
    tell();
  };

  return {
    refusedSeconds,
    demanded(name) {
      const service = services.get(name);
      if (!service || service.spec.scale.min > 0) return;
      // Told before the gateway heard that it is awake.
      if (roster.of(name).some(isServing)) return;
      held.seen(name, clock.now());
      if (service.desired === 0 && !service.leaving && !stopped) wake(service, 'request');
    },
    queued(service) {
      if (service.desired > 0 || service.leaving || stopped) return;
      // A person holds it, or there was no room a moment ago.
      if (refusedSeconds(service.spec.name) === null) wake(service, 'tasks');
    },
    tell,
    async stop() {
      stopped = true;
      if ([...services.values()].some(({ spec }) => spec.scale.min === 0)) await deps.publish();
    },
  };
}
