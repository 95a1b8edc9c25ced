import { humanDuration } from '../../../kit/duration.ts';
import type { Panel, Series, Timeline } from '../../report/report.ts';
import { REFERENCE } from '../contenders.ts';
import type { TimelinePoint } from '../result.ts';
import type { TraceResult } from '../simulation.ts';

/** Load, and below it replicas and violations of each policy, on one axis. */
export function simulationTimeline({
  timelines,
  durationMs,
}: Pick<TraceResult, 'timelines' | 'durationMs'>): Timeline {
  const reference = timelines.find(({ policy }) => policy === REFERENCE)?.points ?? [];
  const top = topOf(
    timelines.map(({ points }) => points),
    reference,
  );
  const load = timelines[0]?.points ?? [];
  return {
    startedAt: null,
    durationS: durationMs / 1_000,
    markers: [],
    panels: [
      {
        title: 'Load',
        unit: 'requests/s',
        series: [series('asked for', 'load', 'area', load, ({ rps }) => rps)],
      },
      ...timelines.flatMap(({ policy, points }): readonly Panel[] => [
        {
          title: policy,
          unit: 'replicas',
          top,
          series: [
            series('ready', 'ready', 'area', points, ({ ready }) => ready),
            ...(policy === REFERENCE
              ? []
              : [series(REFERENCE, 'wanted', 'line', reference, ({ ready }) => ready)]),
          ],
        },
        {
          title: 'violations',
          unit: '%',
          top: TOP_PERCENT,
          isLow: true,
          series: [series('of what was asked for', 'errors', 'area', points, percentOf)],
        },
      ]),
    ],
  };
}

/** What the pictures show of the replay, and what they cannot. */
export function timelineWords({ timelines }: Pick<TraceResult, 'timelines'>): string {
  const [first, second] = timelines[0]?.points ?? [];
  const spanMs = first && second ? second.atMs - first.atMs : 0;
  const means =
    spanMs > 0
      ? `Each point is the mean of ${humanDuration(spanMs)}, “max” the largest of them: shorter peaks are higher, as the table above tells. `
      : '';
  return (
    `${means}The first seed, each policy as it comes. All policies have the same axes: what is above ${TOP_PERCENT} % violations, or far above ` +
    'the clairvoyant’s replicas, stands at the edge.'
  );
}

// Private

/** Shares above it are as bad as can be, and those below are seen. */
const TOP_PERCENT = 20;

/** One that runs to the maximum must not press the others to the ground. */
const MOST_TIMES = 2.5;

function topOf(
  all: readonly (readonly TimelinePoint[])[],
  reference: readonly TimelinePoint[],
): number {
  const most = (points: readonly TimelinePoint[]): number =>
    points.reduce((peak, { ready }) => Math.max(peak, ready), 1);
  return Math.min(Math.max(...all.map(most)), MOST_TIMES * most(reference));
}

function series(
  name: string,
  tone: Series['tone'],
  shape: Series['shape'],
  points: readonly TimelinePoint[],
  value: (point: TimelinePoint) => number,
): Series {
  return { name, tone, shape, points: points.map((point) => [point.atMs / 1_000, value(point)]) };
}

/** Of what was asked for meanwhile; a queue that is given up later may be more than that. */
function percentOf({ violations, rps }: TimelinePoint): number {
  return rps > 0 ? Math.min(100, (violations / rps) * 100) : 0;
}
