import type { LoadResult } from '../load/result.ts';
import type { Recording } from '../recording/recording.ts';
import { loadTimeline } from '../report/load-report.ts';
import type { Section } from '../report/report.ts';

/** Loads that followed one another, and what the control plane did meanwhile, on one axis. */
export function overTime(loads: readonly LoadResult[], recording: Recording | null): Section {
  const [first, ...others] = loads;
  if (!first) return { heading: 'Over time' };
  const ends = loads.map(({ startedAt, durationS }) => Date.parse(startedAt) + durationS * 1000);
  const endedAt = Math.max(recording?.endedAt ?? 0, ...ends);
  const durationS = (endedAt - Date.parse(first.startedAt)) / 1000;
  return { heading: 'Over time', timeline: loadTimeline([first, ...others], recording, durationS) };
}
