import { humanDuration } from '../kit/duration.ts';

export function left(remainingMs: number): string {
  return `${humanDuration(remainingMs)} left`;
}

export function count(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`;
}

export function percent(fraction: number): string {
  const percents = fraction * 100;
  return `${Math.abs(percents) < 10 ? Number(percents.toFixed(1)) : Math.round(percents)} %`;
}

export function milliseconds(valueMs: number): string {
  return valueMs < 10 ? `${Number(valueMs.toFixed(1))} ms` : humanDuration(valueMs);
}

export function number(value: number): string {
  return String(Math.abs(value) < 100 ? Number(value.toFixed(1)) : Math.round(value));
}
