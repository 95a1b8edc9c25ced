const NONE = '–';
/** What is less would be rounded to nothing. */
const LEAST = 0.05;

/** `212/s`; a dash for what is not known. What is not nothing never reads as nothing. */
export function rate(perSecond: number | null): string {
  if (perSecond === null) return NONE;
  if (perSecond > 0 && perSecond < LEAST) return '<0.1/s';
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : Math.round(perSecond)}/s`;
}

/** 0.83 → `83 %`; `100 %` and `0 %` are all and nothing, and never nearly so. */
export function percent(fraction: number | null): string {
  if (fraction === null) return NONE;
  const value = fraction * 100;
  if (value > 0 && value < LEAST) return '<0.1 %';
  if (value >= 99.5 && value < 100) return `${Math.min(99.9, Number(value.toFixed(1)))} %`;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return NONE;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function megabytes(bytes: number | null): string {
  if (bytes === null) return NONE;
  const mb = bytes / 2 ** 20;
  return mb < 1024 ? `${Math.round(mb)} MB` : `${(mb / 1024).toFixed(1)} GB`;
}

/** Bytes while they are few. */
export function size(bytes: number): string {
  if (bytes >= 2 ** 20) return megabytes(bytes);
  return bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} kB`;
}

export function count(value: number | null): string {
  return value === null ? NONE : String(Math.round(value));
}

/** A length of time in one or two units: `42 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 48 * 60) return `${Math.floor(minutes / (24 * 60))} d`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** From milliseconds to days in one unit: `340 ms`, `1.4 s`, `2 h`. */
export function duration(ms: number | null): string {
  if (ms === null || ms < 60_000) return milliseconds(ms);
  return span(ms).split(' ', 2).join(' ');
}

/** How far back a chart over `spanMs` goes: `last 5 min`; while less is known, `5 min, since 14:30:05`. */
export function reachText(firstAt: number, now: number, spanMs: number): string {
  // Points come each second, or each ten.
  if (now - firstAt > spanMs * 0.95) return `last ${span(spanMs)}`;
  const first = new Date(firstAt);
  const parts = [first.getHours(), first.getMinutes(), first.getSeconds()];
  return `${span(spanMs)}, since ${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}
