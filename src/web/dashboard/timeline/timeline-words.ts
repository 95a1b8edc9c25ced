import type { Point } from '../points.ts';
import type { Range } from '../range.ts';
import { SERIES, indexOf } from '../series.ts';
import type { Series } from '../series.ts';
import { countedText, markerTitle } from './marker-words.ts';
import type { Marker } from './markers.ts';
import { momentText } from './time-text.ts';

/** What the drawing shows, for who does not see it. */
export function summaryOf(
  name: string,
  points: readonly Point[],
  range: Range,
  markers: readonly Marker[],
): string {
  if (points.length === 0) return `${name}: nothing is known of the last ${range.name}.`;
  const said = SUMMARY.map((key) => {
    const series = SERIES[indexOf(key)] as Series;
    const values = points.map((point) => point.values[indexOf(key)] ?? null);
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${series.label} not known`;
    const [low, high] = [Math.min(...known), Math.max(...known)].map(series.text);
    const now = series.text(values.at(-1) ?? null);
    return low === high
      ? `${series.label} ${now}`
      : `${series.label} ${now} now, ${low} to ${high}`;
  });
  return `${name}, last ${range.name}: ${said.join('; ')}; ${countedText(markers)}.`;
}

const SUMMARY = ['requests', 'p95', 'ready', 'wanted'];
const ROWS = 12;

export interface TableRow {
  readonly time: string;
  readonly values: readonly string[];
}

/** The same as a table, the newest first: some points, evenly over the range. */
export function tableRows(
  points: readonly Point[],
  range: Range,
  named: readonly Series[],
): readonly TableRow[] {
  const every = Math.max(1, Math.ceil(points.length / ROWS));
  return points
    .filter((_, index) => (points.length - 1 - index) % every === 0)
    .map(({ at, values }) => ({
      time: momentText(at, range.spanMs),
      values: named.map(({ key, text }) => text(values[indexOf(key)] ?? null)),
    }))
    .toReversed();
}

const MARKED_ROWS = 50;

export interface MarkedRow {
  readonly id: string;
  readonly time: string;
  readonly text: string;
}

/** The marks as a table, the newest first. */
export function markedRows(markers: readonly Marker[], range: Range): readonly MarkedRow[] {
  return markers
    .slice(-MARKED_ROWS)
    .map((marker) => {
      const { id, at } = marker;
      const why =
        marker.kind === 'incident' ? marker.incident.message : marker.decision.reasons.join('; ');
      const text = [markerTitle(marker), ...(why === '' ? [] : [why])].join(': ');
      return { id, time: momentText(at, range.spanMs), text };
    })
    .toReversed();
}
