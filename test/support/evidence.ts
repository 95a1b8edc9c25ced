import { DAY, HOUR, MINUTE, SECOND } from '../../src/kit/clock.ts';
import type { Evidence } from '../../src/control/advice/evidence.ts';
import type { Track } from '../../src/control/advice/track.ts';
import { NO_TRACK, trackOf } from '../../src/control/advice/track.ts';
import type { ScaleSpec, ServiceSpec } from '../../src/spec/spec.ts';
import type { StoredDecision } from '../../src/state/decisions.ts';
import type { SampleRow } from '../../src/state/samples.ts';
import { T0, decision, service } from './fake-control.ts';

/** The moment at which advice is asked for, on the clock of UTC noon. */
export const NOW = T0;

type SpecChanges = Partial<Omit<ServiceSpec, 'scale'>> & { readonly scale?: Partial<ScaleSpec> };

/** A quiet, healthy service of which nothing was recorded, save for what is given. */
export function evidence(
  changes: Partial<Omit<Evidence, 'spec'>> = {},
  spec: SpecChanges = {},
): Evidence {
  const base = service().spec;
  return {
    spec: { ...base, ...spec, scale: { ...base.scale, ...spec.scale } },
    now: NOW,
    recent: NO_TRACK,
    week: NO_TRACK,
    decisions: [],
    incidents: [],
    startsMs: [],
    demandIsSeen: true,
    caches: [],
    machine: { room: 20, memoryBytes: 8 * 2 ** 30 },
    hourOf: (at) => new Date(at).getUTCHours(),
    ...changes,
  };
}

type Shown = { readonly ready?: number; readonly desired?: number } & SampleRow['signals'];

/** What was recorded until now, oldest first; `at` of the script counts from the beginning. */
export function recorded(
  lengthMs: number,
  stepMs: number,
  script: (sinceMs: number, at: number) => Shown,
): Track {
  const from = NOW - lengthMs;
  const rows = Array.from({ length: Math.floor(lengthMs / stepMs) }, (_, index): SampleRow => {
    const at = from + index * stepMs;
    const { ready = 2, desired = ready, ...signals } = script(index * stepMs, at);
    return { service: 'api', at, ready, desired, signals: { ...CALM, ...signals } };
  });
  return trackOf(rows);
}

/** The last two and a half hours in steps of ten seconds. */
export function hours(script: (sinceMs: number, at: number) => Shown): Track {
  return recorded(150 * MINUTE, 10 * SECOND, script);
}

/** The last days in steps of ten minutes. */
export function days(count: number, script: (sinceMs: number, at: number) => Shown): Track {
  return recorded(count * DAY, 10 * MINUTE, script);
}

export type Script = readonly (readonly [agoMs: number, changes: Partial<StoredDecision>])[];

/** Decisions by how long ago they were made; each holds until the next, the last one until now. */
export function decided(...script: Script): readonly StoredDecision[] {
  return script.map(([agoMs, changes], index) => {
    const until = NOW - (script[index + 1]?.[0] ?? 0);
    return decision(index + 1, { at: NOW - agoMs, until, ...changes });
  });
}

export const MB = 2 ** 20;
export { DAY, HOUR, MINUTE, SECOND };

// Private

const CALM: SampleRow['signals'] = {
  cpu: 0.3,
  memoryBytes: 100 * MB,
  latencyP95Ms: 40,
  errors: 0,
  concurrency: 4,
  rps: 50,
  queued: 0,
  eventLoopDelayMs: 12,
};
