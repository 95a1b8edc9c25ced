import { humanDuration } from '../kit/duration.ts';
import type { Reason } from './decision.ts';
import type { CapacityBasis } from './learned.ts';
import { count, milliseconds, number } from './quantity-words.ts';

/** Of `predictive`: the load to be ready for, and how many replicas it needs. */
export function forecastText({
  nowRps,
  readyRps,
  horizonMs,
  basis,
  eachRps,
  answer,
}: Of<'forecast'>): string {
  const rests = {
    level: 'steady',
    trend: basis.kind === 'trend' ? `it rises by ${number(basis.rpsPerSecond)}/s each second` : '',
    season: basis.kind === 'season' ? `as ${humanDuration(basis.periodMs)} before` : '',
  }[basis.kind];
  const now = rate(nowRps, ' requests/s', ' requests');
  const ready = `${rate(readyRps, '/s', '')} to be ready for in ${humanDuration(horizonMs)}`;
  const each = `${number(eachRps)}/s a replica`;
  return `${now} now, ${ready} (${rests}), ${each}: ${enough(readyRps, eachRps, answer)}`;
}

/** Of `slo`: what one replica can do, the load that is expected, and how many replicas it needs. */
export function capacityText(reason: Of<'capacity'>): string {
  const { rps, basis, latencyMs, expectedRps, horizonMs, answer } = reason;
  // An older version stored neither, and the count does not follow from the rest.
  const { eachRps, readyRps = expectedRps } = reason;
  const holds = `${number(rps)} ${rps === 1 ? 'request' : 'requests'}/s under ${milliseconds(latencyMs)}`;
  const isAll = eachRps === undefined || number(eachRps) === number(rps);
  const planned = isAll ? '' : `, planned with ${number(eachRps)}`;
  const when = horizonMs === null ? 'now' : `expected in ${humanDuration(horizonMs)}`;
  const expected = `${rate(expectedRps, '/s', ' requests')} ${when}`;
  const more =
    number(readyRps) === number(expectedRps) ? '' : `, ${rate(readyRps, '/s', '')} to be ready for`;
  const replicas = eachRps === undefined ? '' : `: ${enough(readyRps, eachRps, answer)}`;
  return `one replica ${BASES[basis].replace('…', holds)}${planned}; ${expected}${more}${replicas}`;
}

/** Why the count is not what the load to be ready for needs. */
export function keptText({ replicas, rps }: Of<'kept'>): string {
  const are = replicas === 1 ? 'is' : 'are';
  return `${count(replicas)} ${are} kept for the ${number(rps)} requests/s there were lately or may be soon`;
}

/** Why it does not go down yet. */
export function turnsText({ remainingMs }: Of<'turns'>): string {
  return `goes down in ${humanDuration(remainingMs)} at the earliest, so as not to follow every lull`;
}

/** More replicas have not made it faster. */
export function unmovedText({ from, to, latencyMs }: Of<'unmoved'>): string {
  const still = `still ${milliseconds(latencyMs)}`;
  if (to <= from) return `latency does not follow the load: with ${count(to)} ${still}`;
  return `latency does not follow the count: ${from} → ${count(to)}, ${still}`;
}

// Private

type Of<Kind extends Reason['kind']> = Extract<Reason, { readonly kind: Kind }>;

/** How much is known of what one replica can do. */
const BASES: Readonly<Record<CapacityBasis, string>> = {
  'at-its-limit': 'holds …',
  'slow-above': 'holds …',
  held: 'holds at least …',
  cpu: 'holds …, as its processor allows',
  'service-time': 'is supposed to hold … until more is seen',
};

function rate(rps: number, unit: ' requests/s' | '/s', noun: '' | ' requests'): string {
  if (!(rps > 0)) return noun ? `no${noun}` : 'none';
  return number(rps) === '0' ? `hardly any${noun}` : `${number(rps)}${unit}`;
}

/** What the figures come to, and how that stands to what was planned: it may be kept, or near enough, or asleep. */
function enough(rps: number, eachRps: number, planned: number): string {
  if (!(rps > 0)) return 'no replica needed';
  // 2.1 / 0.7 is a hair more than 3 in binary: that is 3 replicas, not 4.
  const needed = Math.ceil((rps / eachRps) * (1 - 1e-9));
  if (!Number.isFinite(needed)) return count(planned);
  if (needed === planned) return count(needed);
  if (needed < planned) return `${count(needed)} would do`;
  if (planned === 0) return `${count(needed)} once a request wakes it`;
  return `${count(needed)}, ${planned} ${planned === 1 ? 'is' : 'are'} near enough`;
}
