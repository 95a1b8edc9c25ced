import type { Clock } from '../../kit/clock.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import type { QueueSpec } from '../../spec/tasks.ts';
import { isBreak, outcomeOf } from '../outcome.ts';
import type { Claimed } from '../store/claim.ts';
import type { Bodies } from './bodies.ts';
import type { Delivered, Deliverer } from './deliver.ts';
import type { Ahead, Lane } from './lane.ts';
import type { Notes, Spans } from './notes.ts';

export interface Deliveries {
  /** Delivers a task that its lane has let begin, and notes what becomes of it. */
  begin(lane: Lane, service: string, next: Ahead): void;
}

export interface DeliveriesOptions {
  readonly deliverer: Deliverer;
  readonly bodies: Bodies;
  readonly queues: TasksProgram['queues'];
  readonly notes: Notes;
  readonly clock: Clock;
  /** Whether this dispatcher is about to end. */
  readonly leaving: () => boolean;
  /** The gateway has answered itself, or not at all: what is known of the replicas is old. */
  readonly onUnanswered: () => void;
  readonly onEnded: () => void;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { deliverer, bodies, queues, notes, clock, leaving, onUnanswered, onEnded } = options;

  const end = (lane: Lane, task: Claimed, delivered: Delivered, spans: Spans): void => {
    const { reply, result } = delivered;
    const now = performance.now();
    const { backoff } = queues[task.queue] as QueueSpec;
    const course = { ...task, backoff, leaving: leaving() };
    const outcome = outcomeOf(reply, course, clock.now(), Math.random());
    lane.ended(task, now);
    if (outcome.kind === 'again') {
      if (outcome.as === 'interrupted' && !isBreak(reply)) {
        lane.setReplicas(null, now);
        lane.pauseUntil(now + outcome.delayMs);
        onUnanswered();
      }
      const { as, kind: _, ...rest } = outcome;
      const { id, attempt } = task;
      const status = reply.kind === 'answered' ? reply.status : null;
      notes.postpone(task, { id, attempt, outcome: as, status, ...rest });
    } else {
      const { id, attempt, failures } = task;
      const how =
        outcome.kind === 'failed'
          ? { state: outcome.kind, failures: outcome.failures, error: outcome.error }
          : { state: outcome.kind, failures, error: null };
      notes.finish(task, { id, attempt, result, ...how }, spans);
    }
    onEnded();
  };

  return {
    begin(lane, service, { task, at }) {
      let beganAt = performance.now();
      const deliver = (whole: Claimed): Promise<Delivered> => {
        beganAt = performance.now();
        // What wakes its service has not begun before there is a replica.
        const wakes = lane.asleep();
        const begunAt = (): number => (wakes ? Math.max(beganAt, lane.lastAsleepAt()) : beganAt);
        return deliverer.deliver(whole, service, begunAt);
      };
      void bodies.carry(task, deliver).then((delivered) => {
        const spans = {
          waitedMs: task.waitedMs + beganAt - at,
          ranMs: performance.now() - beganAt,
        };
        end(lane, task, delivered, spans);
      });
    },
  };
}
