import { createBunching } from './bunching.ts';
import { createChance } from './chance.ts';
import { createLatencyModel } from './latency-model.ts';
import { poisson } from './poisson.ts';
import { createQueueModel } from './queue-model.ts';
import type { QueueModel } from './queue-model.ts';
import type { RateOptions } from './rate.ts';
import { createRate, durationMs, perTick } from './rate.ts';
import type { ReplicasModel } from './replicas-model.ts';
import { createReplicasModel } from './replicas-model.ts';
import type { TimelinePoint } from './result.ts';
import type { Scaler, View } from './scaler.ts';
import type { ServiceModel } from './service-model.ts';
import { capacityRps } from './service-model.ts';
import { createTally } from './tally.ts';
import { createTimeline } from './timeline.ts';
import type { Trace } from './trace.ts';

export interface ReplayOptions extends RateOptions {
  /** Same seed: same arrivals, and the same start-up time of the n-th replica ordered, whatever the scaler does. */
  readonly seed: number;
  /** Default 1000. */
  readonly tickMs?: number;
  /**
   * Before the trace its first rate lasts so long, and is not in the result: what is judged is not how one begins.
   * Default 0.
   */
  readonly warmUpMs?: number;
  /** At most so many points in `timeline`; default 0. */
  readonly timelinePoints?: number;
  /** Told now and then how much is done, 0..1. */
  readonly onProgress?: (done: number) => void;
}

/** What one scaler made of one trace with one seed. Requests in parts are expected ones. */
export interface Replay {
  readonly requests: number;
  readonly finished: number;
  readonly givenUp: number;
  /** At the end, in the queue or being served. */
  readonly unfinished: number;
  /** Later than the SLO, given up, or in the queue for longer than the SLO at the end. */
  readonly violations: number;
  readonly replicaSeconds: number;
  /** Changes of direction of the desired count. */
  readonly reversals: number;
  /** Starting and draining ones included. */
  readonly peakReplicas: number;
  readonly hours: number;
  readonly worst5MinutesRatio: number;
  /** The share of the minutes in which more than 1 % were violations. */
  readonly violatingMinutesRatio: number;
  readonly timeline: readonly TimelinePoint[];
}

/** A Monday, midnight: 2024-01-01 UTC. */
export const REPLAY_START = 1_704_067_200_000;

/** So loaded are the replicas that are there at the start: nobody is judged by a start from nothing. */
const LOAD_AT_START = 0.8;

const PROGRESS_TICKS = 20_000;

/**
 * Replays a trace against a model of the service, deterministic for one seed. A tick: Poisson arrivals at the trace's
 * rate, what was ordered becomes ready, the queue is served, the scaler is asked. It begins with as many ready replicas
 * as the first rate needs.
 */
export function replay(
  trace: Trace,
  model: ServiceModel,
  scaler: Scaler,
  options: ReplayOptions,
): Replay {
  const { seed, tickMs = 1_000, warmUpMs = 0, timelinePoints = 0, onProgress } = options;
  const ticks = Math.floor(durationMs(trace) / tickMs);
  const rate = perTick(createRate(trace, options), trace.stepMs, tickMs);
  const arriving = createChance(seed, 1);
  const usual = Math.ceil(rate(0) / (LOAD_AT_START * capacityRps(model)));
  const initial = clamp(scaler.initial ?? usual, model);
  const replicas = createReplicasModel(model, initial, createChance(seed, 2));
  const latency = createLatencyModel(model, tickMs);
  const bunching = createBunching(model.serviceCv, createChance(seed, 3));
  const queue = createQueueModel(model, tickMs, latency, bunching);
  let tally = createTally(tickMs, initial);
  const timeline = createTimeline(ticks, tickMs, timelinePoints);
  const view = createView(queue, replicas, tickMs, initial);
  const firstTick = -Math.round(warmUpMs / tickMs);
  let askAtMs = firstTick * tickMs + scaler.everyMs;

  for (let tick = firstTick; tick < ticks; tick++) {
    if (tick === 0) tally = createTally(tickMs, view.desired);
    const startsAt = REPLAY_START + tick * tickMs;
    const rps = rate(tick * tickMs);
    replicas.moveTo(startsAt);
    const arrivals = poisson((rps * tickMs) / 1_000, arriving);
    queue.tick(arrivals, replicas.ready * model.concurrency);
    tally.add(arrivals, queue, replicas);
    if (tick >= 0) timeline.add(rps, replicas.ready, view.desired, queue.violations);
    view.now = startsAt + tickMs;
    view.arrivals = arrivals;
    scaler.observe?.(view);
    const endsMs = (tick + 1) * tickMs;
    if (endsMs >= askAtMs) {
      // Late by a part of a tick now, it is early by it the next time: on average as often as it wants.
      while (askAtMs <= endsMs) askAtMs += scaler.everyMs;
      const desired = clamp(scaler.decide(view), model);
      if (desired !== view.desired) {
        tally.changed(desired);
        replicas.scaleTo(desired, view.now);
        view.desired = desired;
      }
    }
    if (onProgress && tick % PROGRESS_TICKS === 0) onProgress(tick / ticks);
  }
  onProgress?.(1);
  return {
    ...tally.read(queue.waitingSince(model.sloMs)),
    unfinished: queue.waiting + queue.inFlight,
    timeline: timeline.points(),
  };
}

// Private

/** Not a number is a fault of the scaler, which must not be hidden by a count that looks sane. */
function clamp(count: number, { min, max }: Pick<ServiceModel, 'min' | 'max'>): number {
  if (Number.isNaN(count)) throw new Error('the scaler under test decided on NaN replicas');
  return Math.max(min, Math.min(max, Math.round(count)));
}

/** What the replay itself moves; the rest is read from the models. */
type MovingView = View & { now: number; arrivals: number; desired: number };

function createView(
  queue: QueueModel,
  replicas: ReplicasModel,
  tickMs: number,
  initial: number,
): MovingView {
  return {
    now: REPLAY_START,
    tickMs,
    arrivals: 0,
    desired: initial,
    get finished() {
      return queue.finished;
    },
    get timedOut() {
      return queue.givenUp;
    },
    get inFlight() {
      return queue.inService;
    },
    get queued() {
      return queue.waiting;
    },
    get utilization() {
      return queue.utilization;
    },
    latencyMs: (fraction) => queue.latencies.percentileMs(fraction),
    latencies: queue.latencies,
    get ready() {
      return replicas.ready;
    },
    get starting() {
      return replicas.starting;
    },
    started: replicas.started,
  };
}
