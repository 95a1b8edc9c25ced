import { humanDuration } from '../../kit/duration.ts';

/** A measured number with its unit, as short as it can be read: `3.4 ms`, `1.2 s`, `12 %`, `1,234 requests/s`. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'ms') return value < 10 ? `${numberText(value)} ms` : humanDuration(value);
  if (unit === '') return numberText(value);
  // Three digits would make it all.
  if (unit === '%' && value >= 99.5 && value < 100) return `${Math.floor(value * 100) / 100} %`;
  const one = value === 1 && unit.endsWith('s') && !unit.endsWith('/s');
  return `${numberText(value)} ${one ? unit.slice(0, -1) : unit}`;
}

/** Three digits that count, thousands apart: `0.034`, `12.3`, `457`, `53,364`; whole numbers are whole. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : undefined;
  const shown = digits === 0 ? Math.round(value) : Number(value.toPrecision(3));
  return shown.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** A moment on the axis: `0.5 s`, `42 s`, `1:05`, `2:00:00`, and where it is days long `3 d`, `3 d 6 h`, `3 d 6:30`. */
export function momentText(atS: number, durationS: number): string {
  if (durationS < 120) return `${Number(atS.toFixed(1))} s`;
  const whole = Math.round(atS);
  const two = (number: number): string => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (durationS >= 2 * 86_400) {
    const [days, hour] = [Math.floor(hours / 24), hours % 24];
    if (minutes > 0) return `${days} d ${hour}:${two(minutes)}`;
    return hour > 0 ? `${days} d ${hour} h` : `${days} d`;
  }
  return hours > 0 || durationS >= 7200
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
