import { humanBytes } from '../kit/bytes.ts';
import { humanDuration } from '../kit/duration.ts';

const NONE = '–';

/** `'212/s'`; a dash for what is not known. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return NONE;
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : Math.round(perSecond)}/s`;
}

/** `0.83` → `'83 %'`, `0.002` → `'0.2 %'` */
export function percentText(fraction: number | null): string {
  if (fraction === null) return NONE;
  const percent = fraction * 100;
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

export function durationText(ms: number | null): string {
  return ms === null ? NONE : humanDuration(ms);
}

export function bytesText(bytes: number | null): string {
  return bytes === null ? NONE : humanBytes(bytes);
}

/** `'1 replica'`, `'4 replicas'` */
export function replicasText(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}

export function countText(count: number | null): string {
  return count === null ? NONE : String(count);
}

/** How long ago, in whole seconds. */
export function ageText(iso: string | null, now: number): string {
  if (iso === null) return NONE;
  const ageMs = Math.max(0, now - Date.parse(iso));
  return humanDuration(ageMs - (ageMs % 1000)).replace(/^0 ms$/, '0 s');
}
