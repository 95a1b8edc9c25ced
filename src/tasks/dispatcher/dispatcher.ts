import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { SECOND, type Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import { noteSeconds } from '../store/counts.ts';
import { beat, heldByOthers, sayGoodbye } from '../store/heartbeat.ts';
import { createTally } from '../tally.ts';
import { createBodies } from './bodies.ts';
import { watchCapacity } from './capacity.ts';
import { startChores, type Chore } from './chores.ts';
import { createClaims } from './claims.ts';
import type { Deliverer } from './deliver.ts';
import { createDeliveries } from './deliveries.ts';
import { startLeader } from './leader.ts';
import { createNotes } from './notes.ts';
import { serviceLanes, type ServiceLane } from './service-lanes.ts';
import { secondsWriter, upkeep } from './upkeep.ts';

export interface Dispatcher {
  /** Another may lead at once; resolves when what is under way has ended and is written down. */
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  readonly databaseUrl: string;
  readonly db: Pool;
  readonly program: TasksProgram;
  /** What it is called, for whoever looks into the database. */
  readonly replica: string;
  readonly deliverer: Deliverer;
  /** What the one who leads does besides. */
  readonly duties: readonly Chore[];
  /** Results that cannot be written for so long at the end are given up: their tasks are delivered again. */
  readonly lastNotesMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was claimed ahead and has not begun for so long is given back. */
const STALE_MS = 1_000;
/** What must wait for another is not claimed again for about so long. */
const LATER_MS = 1_000;

/** Delivers the tasks of all push queues while it leads; stands by, ready to, while another one does. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { databaseUrl, db, program, replica, deliverer, duties, clock, log } = options;
  const { lastNotesMs = 15 * SECOND } = options;
  const holder = randomUUID();
  const tally = createTally();
  const notes = createNotes({ db, holder, tally, clock, log });
  const lanes = serviceLanes(program);
  let led: Led | null = null;
  let leaving = false;

  const wake = (queues: readonly string[]): void => {
    for (const { lane, queues: own } of lanes) {
      for (const name of own) if (queues.length === 0 || queues.includes(name)) lane.wake(name);
    }
    pump();
  };
  const begin = ({ lane, service }: ServiceLane): void => {
    for (;;) {
      const next = leaving ? null : lane.next(performance.now());
      if (next === null) return;
      deliveries.begin(lane, service, next);
    }
  };
  const pump = (): void => {
    for (const each of lanes) begin(each);
    claims.claim();
  };
  /** What others have under way counts towards the caps. It only becomes less, since they claim nothing more. */
  const lookAtOthers = async (): Promise<void> => {
    if (led === null || led.others === 0) return;
    const now = led;
    const others = await heldByOthers(db, holder);
    for (const { lane } of lanes) lane.setOthers(others);
    now.others = [...others.values()].reduce((sum, tasks) => sum + tasks, 0);
    pump();
  };

  const deliveries = createDeliveries({
    deliverer,
    bodies: createBodies(db),
    queues: program.queues,
    notes,
    clock,
    leaving: () => leaving,
    onUnanswered: () => capacity.ask(),
    onEnded: pump,
  });
  const leader = startLeader({
    databaseUrl,
    async prepare() {
      // Who holds tasks and is not in the books counts as dead.
      await beat(db, holder, replica);
    },
    onLead: () => (led = { since: performance.now(), others: null }),
    onLost: () => (led = null),
    onSent: wake,
    log,
  });
  const claims = createClaims({
    holder,
    lanes,
    session: () =>
      leaving || led === null || led.others === null || notes.full() ? null : leader.session(),
    onClaimed(lane, tasks, later) {
      notes.hold(tasks);
      notes.giveBack(later, LATER_MS * (0.5 + Math.random()));
      begin(lane);
    },
    onFailed: (session, thrown) => leader.giveUp(session, thrown),
  });
  const capacity = watchCapacity({
    ask: () => deliverer.capacity(),
    onAnswer(replicas) {
      for (const { lane, service } of lanes) {
        // One that is not named is no service of the gateway's, yet or any more: nothing can wake it.
        const known = replicas !== null && Object.hasOwn(replicas, service);
        lane.setReplicas(known ? (replicas[service] as number) : null, performance.now());
      }
      pump();
    },
    log,
  });
  const leadsForMs = (): number | null => led && performance.now() - led.since;
  const { retention, held } = { retention: program, held: notes.held };
  const books = { db, holder, replica, retention, clock, leadsForMs, held };
  const writeCounts = secondsWriter(tally, (counts) => noteSeconds(db, holder, counts));
  const chores = startChores(
    [
      ...upkeep(books),
      ...duties.map((duty) => ({ ...duty, turn: async () => void (led && (await duty.turn())) })),
      { name: 'counts', intervalMs: 1_000, turn: () => writeCounts(clock.now()) },
      { name: 'tasks of others', intervalMs: 100, turn: lookAtOthers },
      {
        name: 'what was missed',
        intervalMs: 1_000,
        turn() {
          const before = performance.now() - STALE_MS;
          for (const { lane } of lanes) notes.giveBack(lane.unbegun(before));
          wake([]);
        },
      },
    ],
    log,
  );

  const underWay = (): number => lanes.reduce((sum, { lane }) => sum + lane.underWay(), 0);
  return {
    async stop() {
      leaving = true;
      await claims.idle();
      await leader.stop();
      led = null;
      for (const { lane } of lanes) notes.giveBack(lane.unbegun(Number.POSITIVE_INFINITY));
      if (underWay() > 0)
        log.info({ tasks: underWay() }, 'ending when what is under way has ended');
      while (underWay() > 0) await delay(LOOK_MS);
      const cannot = setTimeout(() => notes.stop(), lastNotesMs);
      await notes.empty();
      clearTimeout(cannot);
      await capacity.stop();
      await chores.stop();
      try {
        await writeCounts(Number.POSITIVE_INFINITY);
        await sayGoodbye(db, holder);
      } catch (err) {
        log.warn({ err }, 'the last second was not counted');
      }
    },
  };
}

// Private

const LOOK_MS = 20;

interface Led {
  /** `performance.now()`. */
  readonly since: number;
  /** Tasks that others have under way; null: not known yet. */
  others: number | null;
}
