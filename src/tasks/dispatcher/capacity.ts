import { startLoop } from '../../kit/loop.ts';
import type { Log } from '../../kit/log.ts';

export interface Capacity {
  /** At once, or right after the question under way. */
  ask(): void;
  stop(): Promise<void>;
}

export interface CapacityOptions {
  readonly ask: () => Promise<Readonly<Record<string, number>>>;
  /** Null: the gateway does not say. */
  readonly onAnswer: (replicas: Readonly<Record<string, number>> | null) => void;
  readonly log: Log;
}

const INTERVAL_MS = 200;

/** Asks the gateway again and again how many replicas take requests: it knows even when the control plane is dead. */
export function watchCapacity({ ask, onAnswer, log }: CapacityOptions): Capacity {
  let known = true;
  const loop = startLoop({
    intervalMs: () => INTERVAL_MS,
    async turn() {
      const replicas = await ask();
      if (!known) log.info({}, 'the gateway answers again');
      known = true;
      onAnswer(replicas);
    },
    onError(err) {
      if (known) log.warn({ err }, 'the gateway does not answer; nothing is delivered');
      known = false;
      onAnswer(null);
    },
  });
  return { ask: () => loop.nudge(), stop: () => loop.stop() };
}
