import type { Chance } from './chance.ts';
import type { ServiceModel } from './service-model.ts';

/** The replicas of a service in a replay: ordered, starting, ready, draining, gone. */
export interface ReplicasModel {
  readonly ready: number;
  readonly starting: number;
  readonly draining: number;
  /** How long each replica took that became ready at the last `moveTo`, ms. */
  readonly started: readonly number[];
  /** To the beginning of the tick at `now`: who is due becomes ready, who has drained goes. */
  moveTo(now: number): void;
  /**
   * Orders what is missing, or gives up what is too many: the newest that start are cancelled first, then ready ones
   * drain. Those that drain do not come back.
   */
  scaleTo(desired: number, now: number): void;
}

/** Begins with `initial` ready ones. The n-th replica that is ordered takes the same time whoever orders it. */
export function createReplicasModel(
  { startup, drainMs }: Pick<ServiceModel, 'startup' | 'drainMs'>,
  initial: number,
  chance: Chance,
): ReplicasModel {
  const sigma = Math.sqrt(Math.log(1 + startup.cv * startup.cv));
  /** In the order in which they were ordered. */
  const readyAt: number[] = [];
  const tookMs: number[] = [];
  /** In the order in which they go. */
  const drains: Drain[] = [];
  const started: number[] = [];
  let ready = initial;
  let draining = 0;
  let nextReadyAt = Infinity;

  const becomeReady = (now: number): void => {
    let kept = 0;
    nextReadyAt = Infinity;
    for (let index = 0; index < readyAt.length; index++) {
      const at = readyAt[index] as number;
      const took = tookMs[index] as number;
      if (at <= now) {
        started.push(took);
        continue;
      }
      nextReadyAt = Math.min(nextReadyAt, at);
      readyAt[kept] = at;
      tookMs[kept] = took;
      kept++;
    }
    ready += readyAt.length - kept;
    readyAt.length = kept;
    tookMs.length = kept;
  };

  return {
    get ready() {
      return ready;
    },
    get starting() {
      return readyAt.length;
    },
    get draining() {
      return draining;
    },
    started,
    moveTo(now) {
      if (started.length > 0) started.length = 0;
      if (nextReadyAt <= now) becomeReady(now);
      while (drains.length > 0 && (drains[0] as Drain).untilMs <= now) {
        draining -= (drains.shift() as Drain).replicas;
      }
    },
    scaleTo(desired, now) {
      for (let missing = desired - ready - readyAt.length; missing > 0; missing--) {
        const took = startup.medianMs * Math.exp(sigma * chance.normal());
        readyAt.push(now + took);
        tookMs.push(took);
        nextReadyAt = Math.min(nextReadyAt, now + took);
      }
      const tooMany = Math.max(0, ready + readyAt.length - desired);
      const cancelled = Math.min(tooMany, readyAt.length);
      readyAt.length -= cancelled;
      tookMs.length -= cancelled;
      const leaving = tooMany - cancelled;
      if (leaving === 0) return;
      ready -= leaving;
      draining += leaving;
      drains.push({ untilMs: now + drainMs, replicas: leaving });
    },
  };
}

// Private

interface Drain {
  readonly untilMs: number;
  readonly replicas: number;
}
