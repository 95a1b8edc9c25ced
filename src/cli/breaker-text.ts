import { humanDuration } from '../kit/duration.ts';
import type { ServiceStatus } from '../web/contract.ts';
import { ageText } from './numbers.ts';
import type { Paint } from './paint.ts';

/** What the breaker of a service holds back now, and for how long; empty where it holds back nothing. */
export function breakerLines(
  { name, circuit, replicas }: Pick<ServiceStatus, 'name' | 'circuit' | 'replicas'>,
  style: Paint,
  now: number,
): readonly string[] {
  const out = replicas.flatMap(({ id, ejected }) => {
    if (!ejected) return [];
    const { since, untilAt, times, reason } = ejected;
    const often = times > 1 ? `, the ${ordinal(times)} time in a row` : '';
    const then = leftText(untilAt, now) ?? 'it is tried with one request';
    return [
      style.yellow(
        `${id} errs and gets no requests for ${ageText(since, now)}${often}: ${reason}; ${then}`,
      ),
    ];
  });
  if (!circuit || circuit.state === 'closed') return out;
  const why = circuit.reason === null ? '' : `: ${circuit.reason}`;
  const then =
    circuit.state === 'open' && circuit.untilAt !== null
      ? (leftText(circuit.untilAt, now) ?? 'it is tried now')
      : 'it is tried with one request at a time';
  return [
    style.red(`${name}'s requests are refused for ${ageText(circuit.since, now)}${why}; ${then}`),
    ...out,
  ];
}

// Private

/** Null: the time is over. */
function leftText(untilAt: string, now: number): string | null {
  const leftMs = Date.parse(untilAt) - now;
  return leftMs <= 0 ? null : `it is tried in ${humanDuration(Math.ceil(leftMs / 1000) * 1000)}`;
}

function ordinal(count: number): string {
  const ends = { 1: 'st', 2: 'nd', 3: 'rd' } as const;
  const teen = Math.floor(count / 10) % 10 === 1;
  return `${count}${(!teen && ends[(count % 10) as keyof typeof ends]) || 'th'}`;
}
