import type { RecordedPoint, Recording } from '../recording/recording.ts';
import { recordedMarkers, servicePanels } from '../report/recorded.ts';
import type { Panel, Series, Timeline } from '../report/report.ts';

/** Of what was recorded, what concerns these services. */
export function ofServices(recording: Recording, ...names: readonly string[]): Recording {
  return { ...recording, services: recording.services.filter(({ name }) => names.includes(name)) };
}

/** The whole recording on one axis: `panels` first, then replicas and CPU of its services, with every decision. */
export function recordedTimeline(recording: Recording, panels: readonly Panel[] = []): Timeline {
  const { startedAt, endedAt } = recording;
  const durationS = (endedAt - startedAt) / 1000;
  return {
    startedAt,
    durationS,
    panels: [...panels, ...servicePanels(recording, startedAt)],
    markers: recordedMarkers(recording, startedAt, durationS),
  };
}

export interface SignalPanel {
  readonly title: string;
  readonly unit: string;
  readonly tone: Series['tone'];
  value(point: RecordedPoint): number | null;
}

/** A signal of the one service of a recording. */
export function signalPanel(
  recording: Recording,
  { title, unit, tone, value }: SignalPanel,
): Panel {
  const known = (recording.services[0]?.points ?? []).map(
    (point) => [point.at, value(point)] as const,
  );
  // Where nobody told anything the line has a gap.
  const unknown = recording.gaps.map(({ from }) => [from + 1, null] as const);
  const points = [...known, ...unknown]
    .sort(([first], [second]) => first - second)
    .map(([at, reading]) => [(at - recording.startedAt) / 1000, reading] as const);
  return { title, unit, series: [{ name: title, shape: 'area', tone, points }] };
}
