import { concurrencyOf, enoughFor, servedErrorsOf } from '../../signals/traffic-window.ts';
import type { Reading } from '../../signals/reading.ts';
import { NOT_APPLICABLE, tooFew, UNSET } from '../../signals/reading.ts';
import type { Signals } from '../../signals/snapshot.ts';
import type { LatencyCounts } from './latency-counts.ts';
import type { TickField, TickHistory } from './tick-history.ts';
import { FIELDS, TICK_FIELDS } from './tick-history.ts';

/** The signals over the last `size` ticks, as `signals/series.ts` would give them of the same seconds. */
export interface TickWindow {
  /** After each tick that the history was told of; the history keeps one tick more than the window. */
  moveOn(): void;
  /** One object, and so is each reading: their numbers move on with the window and are worked out when they are asked for. */
  readonly signals: Signals;
  /** As `Snapshot.servedErrors`: whoever gave up here had found no free place. */
  servedErrors(): number | null;
}

/** @param cpuBound a busy place is a busy core; else nothing is known of the CPU */
export function createTickWindow(
  history: TickHistory,
  size: number,
  tickMs: number,
  cpuBound: boolean,
): TickWindow {
  const sums = new Float64Array(FIELDS);
  const latencies = createLatencyWindow(history, size);
  let filled = 0;
  const cpu = moving();
  const errors = moving();
  const concurrency = moving();
  const rps = moving();
  const queued = moving();
  const latencyP50Ms = moving();
  const latencyP95Ms = moving();
  const latencyP99Ms = moving();
  let concurrencyAt = -1;

  const sum = (field: TickField): number => sums[field] as number;
  const mean = (field: TickField): number => sum(field) / Math.max(1, filled);
  const percentile = (fraction: number, into: MovingReading): Reading => {
    if (sum(ARRIVALS) === 0) return NOT_APPLICABLE;
    const counts = latencies();
    const valueMs = counts?.percentileMs(fraction) ?? null;
    if (!counts || valueMs === null) return NOT_APPLICABLE;
    const { total } = counts;
    return total < enoughFor(fraction) ? tooFew(valueMs, Math.round(total)) : moved(into, valueMs);
  };
  /** Little's law, see `concurrencyOf`; null where waiting requests would be counted as well. */
  const little = (): number | null => {
    if (sum(QUEUED) > 0) return null;
    const served = sum(SERVED);
    return served > 0 ? (mean(ARRIVALS) / tickMs) * (sum(LATENCY_MS) / served) : 0;
  };

  return {
    moveOn() {
      const { fields, ticks } = history;
      const entering = history.offset(ticks - 1);
      const leaving = ticks > size ? history.offset(ticks - 1 - size) : -1;
      for (let field = 0; field < FIELDS; field++) {
        const left = leaving < 0 ? 0 : (fields[leaving + field] as number);
        const after = (sums[field] as number) + (fields[entering + field] as number) - left;
        sums[field] = after > NOTHING ? after : 0;
      }
      filled = Math.min(size, history.ticks);
    },
    servedErrors: () =>
      servedErrorsOf({
        errors: sum(ERRORS),
        unplaced: sum(ERRORS),
        answered: sum(SERVED),
        queued: sum(QUEUED),
      }),
    signals: {
      get cpu() {
        return cpuBound ? moved(cpu, mean(BUSY)) : NOT_APPLICABLE;
      },
      memory: UNSET,
      memoryBytes: NOT_APPLICABLE,
      get latencyP50Ms() {
        return percentile(0.5, latencyP50Ms);
      },
      get latencyP95Ms() {
        return percentile(0.95, latencyP95Ms);
      },
      get latencyP99Ms() {
        return percentile(0.99, latencyP99Ms);
      },
      get errors() {
        const requests = sum(ARRIVALS);
        return requests === 0 ? NOT_APPLICABLE : moved(errors, Math.min(1, sum(ERRORS) / requests));
      },
      get concurrency() {
        const { ticks, fields } = history;
        // More than one asks for it in a tick.
        if (concurrencyAt === ticks) return concurrency;
        concurrencyAt = ticks;
        const newest = filled > 0 ? (fields[history.offset(ticks - 1) + IN_FLIGHT] as number) : 0;
        const looks = { mean: mean(IN_FLIGHT), count: Math.max(1, filled), newest };
        return moved(concurrency, concurrencyOf(looks, little()));
      },
      get rps() {
        return moved(rps, (mean(ARRIVALS) * 1_000) / tickMs);
      },
      get queued() {
        return moved(queued, mean(QUEUED));
      },
      eventLoopDelayMs: NOT_APPLICABLE,
      eventLoopUtilization: NOT_APPLICABLE,
      backlog: NOT_APPLICABLE,
      drainTimeMs: NOT_APPLICABLE,
    },
  };
}

// Private

const {
  arrivals: ARRIVALS,
  errors: ERRORS,
  inFlight: IN_FLIGHT,
  queued: QUEUED,
  busy: BUSY,
  served: SERVED,
  latencyMs: LATENCY_MS,
} = TICK_FIELDS;

interface MovingReading {
  readonly kind: 'value';
  value: number;
}

function moving(): MovingReading {
  return { kind: 'value', value: 0 };
}

function moved(reading: MovingReading, value: number): Reading {
  reading.value = value;
  return reading;
}

/** Requests come in parts here: this is what subtraction leaves of none. */
const NOTHING = 1e-6;

/** The latencies of the window, added up only when somebody wants them: most policies never do. */
function createLatencyWindow(history: TickHistory, size: number): () => LatencyCounts | null {
  let counts: LatencyCounts | null = null;
  let upTo = 0;
  return () => {
    const { ticks } = history;
    if (ticks === 0 || ticks === upTo) return counts;
    counts ??= history.latencies(0).empty();
    if (ticks === upTo + 1) {
      counts.add(history.latencies(ticks - 1));
      if (ticks > size) counts.remove(history.latencies(ticks - 1 - size));
    } else {
      counts.clear();
      for (let tick = Math.max(0, ticks - size); tick < ticks; tick++) {
        counts.add(history.latencies(tick));
      }
    }
    upTo = ticks;
    return counts;
  };
}
