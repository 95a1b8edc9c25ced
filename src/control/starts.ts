import { SECOND } from '../kit/clock.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { ReplicaStore } from '../state/replicas.ts';

/** A replica that became ready at `at`, so long after it was ordered. */
export interface Start {
  readonly at: number;
  readonly tookMs: number;
}

/** The newest of those that became ready from `fromMs` to `toMs`, oldest first: what they tell of is what they tell of now. */
export function startsOf(
  replicas: Pick<ReplicaStore, 'started'>,
  { name, health }: Pick<ServiceSpec, 'name' | 'health'>,
  fromMs: number,
  toMs: number,
): readonly Start[] {
  return replicas
    .started(name, fromMs, toMs, MOST_STARTS)
    .map(({ startedAt, readyAt }) => ({ at: readyAt, tookMs: readyAt - startedAt }))
    .filter(({ tookMs }) => tookMs >= 0 && tookMs <= health.startupMs + NOTICED_MS);
}

// Private

const MOST_STARTS = 200;

/** Who took longer than a start may was ready before, and no control plane was there to see it. */
const NOTICED_MS = 10 * SECOND;
