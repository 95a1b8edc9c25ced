import { humanDuration } from '../../kit/duration.ts';

/** From a day on in days, or people would have to count hours. */
export function spanText(spanMs: number): string {
  const days = spanMs / 86_400_000;
  if (days < 0.95)
    return humanDuration(spanMs < 3_600_000 ? spanMs : Math.round(spanMs / 60_000) * 60_000);
  const rounded = Math.round(days * 2) / 2;
  return rounded === 1 ? '1 day' : `${rounded} days`;
}

/** `'31 %'`; below ten with a decimal. */
export function percent(fraction: number): string {
  const percents = fraction * 100;
  return `${percents < 10 ? Number(percents.toFixed(1)) : Math.round(percents)} %`;
}

/** Rounded to what matters. */
export function number(value: number): string {
  return String(value < 100 ? Number(value.toFixed(1)) : Math.round(value));
}

/** `'once'`, `'twice'`, `'3 times'` */
export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** `'1 replica'`, `'3 replicas'` */
export function count(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`;
}

/** `'05:00'` */
export function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** What a program wrote, bearable in a sentence. */
export function oneLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
