import uPlot from 'uplot';
import type { Point } from '../points.ts';
import type { Range } from '../range.ts';
import { SERIES } from '../series.ts';
import type { Series } from '../series.ts';
import { columnsOf, loneOf } from './columns.ts';
import {
  AXIS_HEIGHT,
  GUTTER,
  PANELS,
  RAIL_HEIGHT,
  RIGHT,
  TIMELINE_HEIGHT,
  niceTop,
  scaleOf,
  seriesOf,
} from './panels.ts';
import type { Panel } from './panels.ts';
import { tickText } from './time-text.ts';

/** The drawing of one service, made once and filled anew. */
export interface Plot {
  show(points: readonly Point[], range: Range, now: number): void;
  resize(width: number): void;
  /** After the colours of the page have changed. */
  redraw(): void;
  destroy(): void;
}

/** `onCursor` is told when the pointer is, in any of the drawings, ms since the epoch; null: it is nowhere. */
export function createPlot(
  node: HTMLElement,
  width: number,
  colour: (name: string) => string,
  onCursor: (at: number | null) => void,
): Plot {
  let extent: [from: number, to: number] = [0, 1];
  const tops = new Map(PANELS.map((panel) => [panel.name, panel.leastTop]));
  const scale = (panel: Panel): uPlot.Scale => ({
    auto: true,
    range: (plot) => {
      const top = niceTop(largestOf(plot, panel), panel);
      tops.set(panel.name, top);
      return scaleOf(panel, top);
    },
  });

  const plot = new uPlot(
    {
      width,
      height: TIMELINE_HEIGHT,
      padding: [RAIL_HEIGHT, RIGHT, 0, GUTTER],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { setScale: false, x: false, y: false },
        sync: { key: 'timeline' },
      },
      scales: {
        x: { time: true, range: () => extent },
        ...Object.fromEntries(PANELS.map((panel) => [panel.name, scale(panel)])),
      },
      axes: [timeAxis(colour), { show: false }],
      series: [{}, ...SERIES.map((series) => drawn(series, colour))],
      hooks: {
        drawAxes: [(self) => drawGrid(self, tops, colour)],
        setCursor: [
          (self) => {
            const { left, idx } = self.cursor;
            const at = idx === null || idx === undefined ? undefined : self.data[0][idx];
            onCursor(at === undefined || left === undefined || left < 0 ? null : at * 1000);
          },
        ],
      },
    },
    [[], ...SERIES.map(() => [])],
    node,
  );

  return {
    show(points, range, now) {
      extent = [(now - range.spanMs) / 1000, now / 1000];
      plot.setData(columnsOf(points, range.stepMs));
    },
    resize: (to) => plot.setSize({ width: to, height: TIMELINE_HEIGHT }),
    redraw: () => plot.redraw(),
    destroy: () => plot.destroy(),
  };
}

// Private

/** The largest value of a panel within what is shown. */
function largestOf(plot: uPlot, panel: Panel): number | null {
  let largest: number | null = null;
  for (const [index, series] of SERIES.entries()) {
    if (series.panel !== panel.name) continue;
    for (const value of plot.data[index + 1] ?? [])
      if (typeof value === 'number' && (largest === null || value > largest)) largest = value;
  }
  return largest;
}

function drawn(series: Series, colour: (name: string) => string): uPlot.Series {
  const { panel, shape } = series;
  const steps = shape === 'steps' || shape === 'dashes';
  const dashed = shape === 'dashes' || shape === 'dashed';
  const filled = shape === 'area' || shape === 'steps';
  return {
    scale: panel,
    width: dashed ? 1.25 : 1.75,
    stroke: () => colour(series.colour),
    points: {
      show: false,
      size: 4,
      fill: () => colour(series.colour),
      filter: (plot, index) => loneOf([...(plot.data[index] ?? [])]),
    },
    ...(filled ? { fill: () => colour(`${series.colour}-fill`), fillTo: 0 } : {}),
    ...(dashed ? { dash: [4, 4] } : {}),
    ...(steps && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  };
}

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

function timeAxis(colour: (name: string) => string): uPlot.Axis {
  return {
    stroke: () => colour('--soft'),
    font: FONT,
    size: AXIS_HEIGHT,
    // Where there is little room a tick a minute still fits.
    space: (plot) => (plot.width < 500 ? 46 : 72),
    gap: 6,
    grid: { show: false },
    ticks: { stroke: () => colour('--line'), width: 1, size: 4 },
    values: (_plot, splits, _index, _space, step) =>
      splits.map((at) => tickText(at * 1000, step * 1000)),
  };
}

/** Three lines a panel: its foot, its middle and its top, with their numbers to the left. */
function drawGrid(
  { ctx, bbox }: uPlot,
  tops: ReadonlyMap<string, number>,
  colour: (name: string) => string,
): void {
  const ratio = devicePixelRatio;
  const place = (pixels: number): number => Math.round(pixels * ratio);
  ctx.save();
  ctx.font = FONT.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  for (const panel of PANELS) {
    const top = tops.get(panel.name) ?? panel.leastTop;
    const [series] = seriesOf(panel);
    for (const share of [0, 0.5, 1]) {
      const y = place(panel.bottom - (panel.bottom - panel.top) * share) + 0.5;
      ctx.strokeStyle = colour(share === 0 ? '--line-strong' : '--line');
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      const value = top * share;
      if (!series || (share === 0.5 && panel.whole && !Number.isInteger(value))) continue;
      ctx.fillStyle = colour('--soft');
      ctx.fillText(share === 0 ? '0' : series.text(value), bbox.left - place(8), y);
    }
  }
  ctx.restore();
}
