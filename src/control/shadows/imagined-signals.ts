import { NOT_APPLICABLE, OTHER_COUNT, reading } from '../../signals/reading.ts';
import type { Reading } from '../../signals/reading.ts';
import type { Signals, Snapshot } from '../../signals/snapshot.ts';

/**
 * What the signals would be if `imagined` replicas were ready where `live` are. Work that is shared out follows in
 * proportion (cpu, the loop's utilisation, the time to drain); what there is in all stays (rates, what waits, errors), and
 * so does memory, which a replica mostly has whatever it does. Latency and the loop's delay do not follow from anything
 * measured: they are known for the live count alone.
 */
export function imaginedSnapshot(snapshot: Snapshot, live: number, imagined: number): Snapshot {
  if (live === imagined) return snapshot;
  return {
    ...snapshot,
    stable: imaginedSignals(snapshot.stable, live, imagined),
    burst: imaginedSignals(snapshot.burst, live, imagined),
  };
}

// Private

function imaginedSignals(signals: Signals, live: number, imagined: number): Signals {
  const each = (measured: Reading): Reading => {
    if (measured.kind !== 'value') return measured;
    return imagined === 0 ? NOT_APPLICABLE : reading((measured.value * live) / imagined);
  };
  /** Of a queue: told for one replica where none is ready. */
  const drained = (measured: Reading): Reading =>
    measured.kind === 'value'
      ? reading((measured.value * Math.max(1, live)) / Math.max(1, imagined))
      : measured;
  const { cpu, eventLoopUtilization, drainTimeMs } = signals;
  return {
    ...signals,
    cpu: each(cpu),
    eventLoopUtilization: each(eventLoopUtilization),
    drainTimeMs: drained(drainTimeMs),
    latencyP50Ms: unlessMissing(signals.latencyP50Ms),
    latencyP95Ms: unlessMissing(signals.latencyP95Ms),
    latencyP99Ms: unlessMissing(signals.latencyP99Ms),
    eventLoopDelayMs: unlessMissing(signals.eventLoopDelayMs),
  };
}

/** Silence is silence, and where there was nothing to measure that is the better reason. */
function unlessMissing(measured: Reading): Reading {
  return measured.kind === 'value' ? OTHER_COUNT : measured;
}
