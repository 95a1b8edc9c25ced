const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A moment of the browser's clock: `14:30:05`; `14:30` or `Tue 18, 14:30` where the range is longer. */
export function momentText(at: number, spanMs: number): string {
  const date = new Date(at);
  if (spanMs <= 15 * MINUTE) return clock(date, true);
  return spanMs < DAY ? clock(date, false) : `${day(date)}, ${clock(date, false)}`;
}

/** The same under the axis, where ticks are `stepMs` apart: no more than tells them apart. */
export function tickText(at: number, stepMs: number): string {
  const date = new Date(at);
  if (stepMs < MINUTE) return clock(date, true);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  return stepMs >= DAY || midnight ? day(date) : clock(date, false);
}

// Private

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function clock(date: Date, seconds: boolean): string {
  const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function day(date: Date): string {
  return `${DAYS[date.getDay()]} ${date.getDate()}`;
}
