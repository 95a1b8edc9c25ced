const BARS = '▁▂▃▄▅▆▇█';

/** The newest `width` values as bars from 0 to the largest of them; a space for one that is not known. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = values.slice(-width);
  const most = shown.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0);
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const step = most === 0 ? 0 : Math.round((value / most) * (BARS.length - 1));
      return BARS[step] as string;
    })
    .join('');
}
