import { formatDuration, humanDuration } from '../../kit/duration.ts';
import { percent, times, count } from './amounts.ts';
import type { Of, Words } from './recommendation.ts';

/** A person holds the count. */
export function heldWords(
  { how, count: at, wanted }: Of<'held'>,
  span: string,
  service: string,
): Words {
  const would = wanted === null || wanted === at ? '' : `; its policy would have ${wanted} now`;
  return how === 'pinned'
    ? {
        kind: 'advice',
        title: 'Let its policy decide again.',
        evidence: `somebody pinned it at ${at}, ${span} ago${would}`,
        command: `tidegate scale ${service} auto`,
        action: 'release',
      }
    : {
        kind: 'advice',
        title: 'Let its policy decide again.',
        evidence: `somebody paused it at ${count(at)}, ${span} ago${would}`,
        command: `tidegate resume ${service}`,
        action: 'resume',
      };
}

/** A rule is missing. */
export function latencyWords(found: Of<'latency-unwatched'>, span: string): Words {
  const { limitMs, worstMs, cpu, targetConcurrency } = found;
  const before =
    cpu === null
      ? 'no rule looks at it'
      : `before cpu passed ${percent(cpu.threshold)} (it was at ${percent(cpu.value)} at most)`;
  return {
    kind: 'advice',
    title:
      targetConcurrency === null
        ? 'Add latency to its up rules.'
        : 'Add concurrency to its targets: requests in flight show load before CPU does.',
    evidence: `p95 passed ${humanDuration(limitMs)} ${times(found.times)} in ${span}, ${before}; the worst was ${humanDuration(worstMs)}`,
    change:
      targetConcurrency === null
        ? ['scale.up.latency', `'${formatDuration(limitMs)}'`]
        : ['scale.target.concurrency', `${targetConcurrency}`],
  };
}

/** It is at its upper bound. */
export function maxWords(found: Of<'max'>, span: string): Words {
  const { max, better, saturated, slow, p95Ms } = found;
  const then = p95Ms === null ? '' : `; p95 rose to ${humanDuration(p95Ms)} then`;
  const but = saturated
    ? '; all cores of the machine were busy, so more replicas would not have helped'
    : better === null
      ? '; the host guard has no room for more'
      : '';
  return {
    kind: slow ? 'trouble' : 'advice',
    title:
      better === null
        ? `It needs more than this machine has: max ${max} is reached.`
        : `max could be ${better}.`,
    evidence: `max ${max} bound it for ${humanDuration(found.heldMs)} (${times(found.times)} in ${span}), ${found.wanted} were asked for${then}${but}`,
    change: better === null ? null : ['scale.max', `${better}`],
  };
}

/** Requests wait at the gateway. */
export function queueingWords(
  { share, concurrency, cpu, better }: Of<'queueing'>,
  span: string,
): Words {
  return {
    kind: 'advice',
    title:
      better === null ? 'Add waiting requests to its up rules.' : `concurrency could be ${better}.`,
    evidence: `requests waited at the gateway in ${percent(share)} of ${span}, with concurrency ${concurrency} and cpu at ${percent(cpu)} meanwhile`,
    change: better === null ? ['scale.up.queued', '1'] : ['concurrency', `${better}`],
  };
}
