import type { HistogramCount } from '../control/control.ts';

type Labels = Readonly<Record<string, string | number>>;
export type Series = readonly [labels: Labels, value: number | null | undefined, suffix?: string];

/** One metric with all its series; nothing where none has a number. */
export function family(
  name: string,
  type: 'counter' | 'gauge' | 'histogram' | 'summary',
  help: string,
  series: readonly Series[],
): string {
  const lines = series
    .filter(([, value]) => Number.isFinite(value))
    .map(
      ([labels, value, suffix = '']) => `tidegate_${name}${suffix}${labelText(labels)} ${value}`,
    );
  if (lines.length === 0) return '';
  return `# HELP tidegate_${name} ${help}\n# TYPE tidegate_${name} ${type}\n${lines.join('\n')}\n`;
}

/** Cumulative buckets, sum and count. */
export function histogramSeries(
  labels: Labels,
  { buckets, sumSeconds, count }: HistogramCount,
): readonly Series[] {
  return [
    ...buckets.map((each): Series => [{ ...labels, le: each.leSeconds }, each.count, '_bucket']),
    [{ ...labels, le: '+Inf' }, count, '_bucket'],
    [labels, sumSeconds, '_sum'],
    [labels, count, '_count'],
  ];
}

// Private

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(`${value}`)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
