import type { Point } from '../points.ts';
import { SERIES, indexOf } from '../series.ts';
import type { PanelName } from '../series.ts';

/** A part of the timeline: its heading, then what is drawn. All in pixels from the top of the whole. */
export interface Panel {
  readonly name: PanelName;
  readonly title: string;
  readonly headTop: number;
  readonly top: number;
  readonly bottom: number;
  /** What its scale reaches at least, so that noise at rest is no mountain. */
  readonly leastTop: number;
  readonly whole: boolean;
}

/** Above the panels: where decisions are marked. */
export const RAIL_HEIGHT = 26;
/** Below them: the time. */
export const AXIS_HEIGHT = 28;
/** To their left: the numbers of the scales. */
export const GUTTER = 52;
/** To their right: half of the last time. */
export const RIGHT = 26;

const HEAD = 24;
const GAP = 10;

/** In the order in which they stand. */
export const PANELS: readonly Panel[] = placed([
  { name: 'load', title: 'Load', height: 92, leastTop: 1, whole: false },
  { name: 'latency', title: 'Latency', height: 64, leastTop: 10, whole: false },
  { name: 'replicas', title: 'Replicas', height: 64, leastTop: 2, whole: true },
]);

export const PANELS_BOTTOM = (PANELS.at(-1) as Panel).bottom;
export const TIMELINE_HEIGHT = PANELS_BOTTOM + AXIS_HEIGHT;

/**
 * The scale of the whole height, where 0 to `top` takes the height of this panel: one drawing then holds them all, one above
 * the other, on one axis of time.
 */
export function scaleOf(panel: Panel, top: number): [min: number, max: number] {
  const perPixel = top / (panel.bottom - panel.top);
  return [-(PANELS_BOTTOM - panel.bottom) * perPixel, (panel.bottom - RAIL_HEIGHT) * perPixel];
}

/** A round number at or above the largest value. */
export function niceTop(largest: number | null, { leastTop, whole }: Panel): number {
  const wanted = Math.max(largest ?? 0, leastTop);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const steps = whole && power === 1 ? [1, 2, 4, 6, 8, 10] : [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
  const step = steps.find((each) => each * power >= wanted) ?? 10;
  return Number((step * power).toPrecision(3));
}

export function seriesOf(panel: Panel): readonly (typeof SERIES)[number][] {
  return SERIES.filter((series) => series.panel === panel.name);
}

/** Those worth a name: what few services have only where this one has some. */
export function namedSeries(points: readonly Point[]): readonly (typeof SERIES)[number][] {
  return SERIES.filter(
    ({ optional, key }) =>
      !optional || points.some(({ values }) => (values[indexOf(key)] ?? null) !== null),
  );
}

// Private

interface Height {
  readonly name: PanelName;
  readonly title: string;
  readonly height: number;
  readonly leastTop: number;
  readonly whole: boolean;
}

function placed(heights: readonly Height[]): readonly Panel[] {
  let headTop = RAIL_HEIGHT;
  return heights.map(({ height, ...rest }) => {
    const top = headTop + HEAD;
    const panel = { ...rest, headTop, top, bottom: top + height };
    headTop = panel.bottom + GAP;
    return panel;
  });
}
