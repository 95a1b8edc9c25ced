import type { QueueModel } from './queue-model.ts';
import type { Replay } from './replay.ts';
import type { ReplicasModel } from './replicas-model.ts';

/** Keeps the books of a replay. */
export interface Tally {
  add(
    arrivals: number,
    queue: Pick<QueueModel, 'finished' | 'givenUp' | 'violations' | 'latencies'>,
    replicas: Pick<ReplicasModel, 'ready' | 'starting' | 'draining'>,
  ): void;
  /** The count that is desired is another one now. */
  changed(desired: number): void;
  /** @param overdue requests that still wait at the end and are violations already */
  read(overdue: number): Omit<Replay, 'unfinished' | 'timeline'>;
}

const MINUTE_MS = 60_000;
/** A minute in which more than this share are violations counts as a bad one. */
const BAD_MINUTE = 0.01;

/** @param initial the desired count at the start */
export function createTally(tickMs: number, initial: number): Tally {
  let ticks = 0;
  // What has decimals is in an object: a variable would be a new number on the heap at each change.
  const sums = { requests: 0, finished: 0, givenUp: 0, violations: 0 };
  let replicaTicks = 0;
  let peakReplicas = 0;
  let desired = initial;
  let direction = 0;
  let reversals = 0;

  /** Of the last five minutes, the current one included. */
  const outcomes = new Float64Array(5);
  const violated = new Float64Array(5);
  let minute = 0;
  let badMinutes = 0;
  let worstViolations = 0;
  let worstRatio = 0;

  /** By the requests that were decided in it, not by those that came: a queue is worked off later. */
  const closeMinute = (): void => {
    const at = minute % 5;
    if ((violated[at] as number) > BAD_MINUTE * (outcomes[at] as number)) badMinutes++;
    const all = sum(violated);
    if (all > worstViolations) {
      worstViolations = all;
      worstRatio = all / sum(outcomes);
    }
    minute++;
    outcomes[minute % 5] = 0;
    violated[minute % 5] = 0;
  };

  return {
    add(arrivals, queue, { ready, starting, draining }) {
      const at = minute % 5;
      const { finished, givenUp, violations } = queue;
      sums.requests += arrivals;
      sums.finished += finished;
      sums.givenUp += givenUp;
      sums.violations += violations;
      outcomes[at] = (outcomes[at] as number) + queue.latencies.total + givenUp;
      violated[at] = (violated[at] as number) + violations;
      const replicas = ready + starting + draining;
      replicaTicks += replicas;
      if (replicas > peakReplicas) peakReplicas = replicas;
      ticks++;
      const over = Math.floor((ticks * tickMs) / MINUTE_MS) - minute;
      for (let each = 0; each < over; each++) closeMinute();
    },
    changed(next) {
      const towards = Math.sign(next - desired);
      if (direction !== 0 && towards !== direction) reversals++;
      direction = towards;
      desired = next;
    },
    read: (overdue) => {
      const at = minute % 5;
      outcomes[at] = (outcomes[at] as number) + overdue;
      violated[at] = (violated[at] as number) + overdue;
      if (outcomes[at] > 0) closeMinute();
      return {
        ...sums,
        violations: sums.violations + overdue,
        replicaSeconds: (replicaTicks * tickMs) / 1_000,
        reversals,
        peakReplicas,
        hours: (ticks * tickMs) / 3_600_000,
        worst5MinutesRatio: worstRatio,
        violatingMinutesRatio: minute > 0 ? badMinutes / minute : 0,
      };
    },
  };
}

// Private

function sum(values: Float64Array): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
