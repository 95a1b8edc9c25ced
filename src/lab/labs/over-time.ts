import type { LoadResult } from '../load/result.ts';
import type { Recording } from '../recording/recording.ts';
import { loadTimeline } from '../report/load-report.ts';
import type { Section } from '../report/report.ts';

/** Loads that followed one another, and what the control plane did meanwhile, on one axis. */
export function overTime(loads: readonly LoadResult[], recording: Recording | null): Section {
  const [first] = loads;
  if (!first) return { heading: 'Over time' };
  const startedAt = Date.parse(first.startedAt);
  const atS = (load: LoadResult): number => (Date.parse(load.startedAt) - startedAt) / 1000;
  const timeline = loads.flatMap((load) =>
    load.timeline.map((point) => ({
      ...point,
      atS: point.atS + atS(load),
      // The last second of a load that another follows is no whole one.
      spanS: Math.max(0.001, Math.min(point.spanS, load.durationS - point.atS)),
    })),
  );
  const endsS = loads.map((load) => atS(load) + load.durationS);
  const recordedS = recording ? (recording.endedAt - startedAt) / 1000 : 0;
  const joined = { ...first, durationS: Math.max(recordedS, ...endsS), timeline };
  return { heading: 'Over time', timeline: loadTimeline(joined, recording) };
}
