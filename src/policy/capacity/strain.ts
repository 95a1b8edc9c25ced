import type { Unmoved } from '../learned.ts';
import type { Flow } from './flow.ts';

/** Whether what is too slow becomes faster when replicas are added. */
export interface Strain {
  /** A moment that broke the promise. Null belief: none yet. */
  observe(flow: Flow, latencyMs: number, believedRps: number | null): Verdict;
  /** A moment that kept it. True: the strain is over with this one. */
  calm(flow: Flow): boolean;
  /** It has begun, and nobody knows yet whether more replicas help. */
  readonly isOn: boolean;
  /** Null: they help, or nobody knows yet. */
  readonly unmoved: Unmoved | null;
  /** No lower number is believed before it was seen that more replicas help; where they do not, that of before. */
  readonly leastRps: number;
  forget(): void;
}

/** `begun`: with this one; `unmoved`: with this one it is known that replicas do not help, or has been. */
export type Verdict = 'begun' | 'goes-on' | 'found-unmoved' | 'unmoved';

/**
 * A mark is set where the strain begins. When a third more replicas have served for a window, it is compared: where work
 * waits for replicas (`more`), more must be done; where it is only slow (`faster`), it must have become faster. Else what is
 * slow is not the replicas (a database, another service, the program itself), and the belief goes back to what it was.
 */
export function createStrain(windowMs: number, helps: 'more' | 'faster'): Strain {
  let mark: Mark | null = null;
  let after: After | null = null;
  let unmoved: Unmoved | null = null;
  let unmovedAt = 0;
  let unmovedRps = 0;
  let calmMs = 0;

  const setMark = (flow: Flow, latencyMs: number, believedRps: number): void => {
    mark = {
      at: flow.at,
      ready: flow.readyNow,
      offeredRps: flow.offeredRps,
      finishedRps: flow.finishedRps,
      latencyMs,
      looks: 1,
      believedRps,
    };
    after = null;
  };

  const found = ({ ready, believedRps }: Mark, flow: Flow, latencyMs: number): Verdict => {
    unmoved = { from: ready, to: flow.readyNow, latencyMs };
    unmovedAt = flow.at;
    unmovedRps = helps === 'faster' ? believedRps : 0;
    mark = null;
    return 'found-unmoved';
  };
  /** Slow for minutes, and not more come, although each has far less to do than it was thought to bear. */
  const isIdle = ({ at, believedRps }: Mark, flow: Flow): boolean =>
    helps === 'faster' && flow.at - at > IDLE_MS && flow.offeredRps < believedRps * IDLE;

  return {
    get isOn() {
      return mark !== null;
    },
    get unmoved() {
      return unmoved;
    },
    get leastRps() {
      if (unmoved) return unmovedRps;
      return mark ? mark.believedRps * LOWEST : 0;
    },
    observe(flow, latencyMs, believed) {
      calmMs = 0;
      if (unmoved) {
        if (flow.at - unmovedAt < AGAIN_MS) return 'unmoved';
        unmoved = null;
        mark = null;
      }
      if (!mark) {
        // Who knows nothing yet goes by what comes.
        setMark(flow, latencyMs, believed ?? flow.offeredRps);
        return 'begun';
      }
      if (flow.readyNow <= mark.ready) note(mark, flow, latencyMs);
      if (flow.readyNow < mark.ready * MORE)
        return isIdle(mark, flow) ? found(mark, flow, latencyMs) : 'goes-on';
      // Those that are new have to have served for the whole window.
      if (flow.ready < flow.readyNow * WHOLE) return 'goes-on';
      after = addLook(after, flow, latencyMs);
      if (after.ms < windowMs) return 'goes-on';
      const helped = helps === 'more' ? isMore(mark, after, flow.readyNow) : isFaster(mark, after);
      if (helped !== false) {
        setMark(flow, latencyMs, helped && believed !== null ? believed : mark.believedRps);
        return 'goes-on';
      }
      return found(mark, flow, latencyMs);
    },
    calm(flow) {
      calmMs += flow.spanMs;
      if (calmMs < CALM_WINDOWS * windowMs || (!mark && !unmoved)) return false;
      mark = null;
      unmoved = null;
      return true;
    },
    forget() {
      mark = null;
      unmoved = null;
      after = null;
      calmMs = 0;
    },
  };
}

// Private

interface Mark {
  readonly at: number;
  readonly ready: number;
  offeredRps: number;
  finishedRps: number;
  latencyMs: number;
  looks: number;
  readonly believedRps: number;
}

interface After {
  ms: number;
  finished: number;
  latency: number;
  offered: number;
}

/** So many times the replicas at the mark are enough to see whether they help. */
const MORE = 1.3;
const WHOLE = 0.98;
const LOWEST = 0.5;
/** The least that must come of a whole further replica, in replicas. */
const LEAST_GAIN = 0.35;
/** Noise alone would make it so much faster. */
const FASTER = 0.85;
/** The load of each has to be clearly lower for its latency to tell. */
const RELIEVED = 0.85;
const CALM_WINDOWS = 3;
const IDLE_MS = 3 * 60_000;
const IDLE = 0.75;
/** Then it is tried again: what was slow may have become what is full. */
const AGAIN_MS = 30 * 60_000;

function note(mark: Mark, flow: Flow, latencyMs: number): void {
  mark.looks = Math.min(mark.looks + 1, 20);
  mark.finishedRps += (flow.finishedRps - mark.finishedRps) / mark.looks;
  mark.offeredRps += (flow.offeredRps - mark.offeredRps) / mark.looks;
  mark.latencyMs += (latencyMs - mark.latencyMs) / mark.looks;
}

function addLook(after: After | null, flow: Flow, latencyMs: number): After {
  const sum = after ?? { ms: 0, finished: 0, latency: 0, offered: 0 };
  sum.ms += flow.spanMs;
  sum.finished += flow.finishedRps * flow.spanMs;
  sum.latency += latencyMs * flow.spanMs;
  sum.offered += flow.offeredRps * flow.spanMs;
  return sum;
}

function isMore(mark: Mark, after: After, ready: number): boolean {
  const gain = after.finished / after.ms / mark.finishedRps - 1;
  return gain >= LEAST_GAIN * (ready / mark.ready - 1);
}

/** Null: the load has grown with the replicas, which tells nothing. */
function isFaster(mark: Mark, after: After): boolean | null {
  if (after.offered / after.ms > mark.offeredRps * RELIEVED) return null;
  return after.latency / after.ms <= mark.latencyMs * FASTER;
}
