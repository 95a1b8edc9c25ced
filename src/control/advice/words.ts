import { formatBytes, humanBytes } from '../../kit/bytes.ts';
import { formatDuration, humanDuration } from '../../kit/duration.ts';
import type { Finding } from './finding.ts';

/** A finding as a person reads it. Moments in ms since the epoch. */
export interface Recommendation {
  /** Stays the same while it holds. */
  readonly id: string;
  readonly service: string;
  readonly kind: 'trouble' | 'saving' | 'advice';
  /** What to do. */
  readonly title: string;
  /** Why, with the numbers. */
  readonly evidence: string;
  readonly from: number;
  readonly to: number;
  readonly change: { readonly key: string; readonly value: string } | null;
  readonly command: string | null;
  readonly action: { readonly kind: 'scale' | 'resume'; readonly count?: 'auto' } | null;
}

/** The one place where advice becomes words. */
export function recommendationOf(service: string, finding: Finding): Recommendation {
  const { from, to } = finding;
  const { change, command, ...words } = wordsOf(finding, service);
  return {
    id: `${service}.${finding.kind}${finding.kind === 'cache' ? ` ${finding.route}` : ''}`,
    service,
    action: null,
    ...words,
    change: change ? { key: `services.${service}.${change[0]}`, value: change[1] } : null,
    command: command ?? (change ? `tidegate deploy ${service}` : null),
    from,
    to,
  };
}

// Private

interface Words extends Pick<Recommendation, 'kind' | 'title' | 'evidence'> {
  readonly change?: readonly [key: string, value: string] | null;
  readonly command?: string;
  readonly action?: Recommendation['action'];
}

function wordsOf(found: Finding, service: string): Words {
  const span = spanText(found.to - found.from);
  switch (found.kind) {
    case 'replicas-end':
      return {
        kind: 'trouble',
        title: 'Look at why its replicas end: no number of them cures that.',
        evidence: `replicas ended or did not come up ${found.times} times in ${span}; the last time: ${oneLine(found.last)}`,
        command: `tidegate logs ${service}`,
      };
    case 'held':
      return heldWords(found, span, service);
    case 'errors':
      return {
        kind: 'trouble',
        title: 'Look at its errors first: more replicas do not cure them.',
        evidence: `errors kept it from scaling up for ${humanDuration(found.heldMs)} (${times(found.times)} in ${span}); up to ${percent(found.worst)} of the requests failed, the brake is at ${percent(found.limit)}`,
        command: `tidegate explain ${service} --at ${new Date(found.lastAt).toISOString()}`,
      };
    case 'memory-higher':
      return memoryHigherWords(found, span);
    case 'memory-lower':
      return memoryLowerWords(found, span);
    case 'event-loop':
      return eventLoopWords(found, span);
    case 'latency-unwatched':
      return latencyWords(found, span);
    case 'max':
      return maxWords(found, span);
    case 'machine':
      return {
        kind: 'trouble',
        title: 'The machine is too small for what is asked of it.',
        evidence: `the host guard kept it from growing for ${humanDuration(found.heldMs)} (${times(found.times)} in ${span}): ${found.bound === 'memory' ? 'memory' : 'host.maxReplicas'} allows ${count(found.allowed)}`,
        command: 'tidegate doctor',
      };
    case 'min-lower':
      return {
        kind: 'saving',
        title:
          found.needed === 0 ? 'It could sleep: min could be 0.' : `min could be ${found.needed}.`,
        evidence:
          found.needed === 0
            ? `it had no request in ${span}, and min keeps ${count(found.min)}`
            : `min ${found.min} was never needed in ${span}: what was asked of it would have kept ${count(found.needed)} half busy at most`,
        change: ['scale.min', `${found.needed}`],
      };
    case 'min-quiet': {
      const hours = `between ${clock(found.fromHour)} and ${clock(found.toHour)}`;
      return {
        kind: 'saving',
        title:
          found.needed === 0
            ? 'It could sleep when nobody asks: min could be 0.'
            : `min could be ${found.needed}.`,
        evidence: `min ${found.min} was never needed ${hours} in ${span}: ${found.needed === 0 ? 'there was no request' : `${count(found.needed)} would have been enough`}; by day its rules bring more`,
        change: ['scale.min', `${found.needed}`],
      };
    }
    case 'min-higher':
      return {
        kind: 'advice',
        title: `min could be ${found.lowest}.`,
        evidence: `it never had fewer than ${count(found.lowest)} in ${span}: after a restart it would not have to climb from ${found.min}`,
        change: ['scale.min', `${found.lowest}`],
      };
    case 'slow-wake':
      return {
        kind: 'advice',
        title: 'One replica should stay awake: min should be 1.',
        evidence: `it was woken ${times(found.wakes)} in ${span}, and a replica takes ${humanDuration(found.startMs)} to be ready: so long did somebody wait each time`,
        change: ['scale.min', '1'],
      };
    case 'slow-start':
      return {
        kind: 'advice',
        title:
          'Its replicas start slowly: lower its up thresholds, keep one more, or make the start quicker.',
        evidence: `a replica takes ${humanDuration(found.startMs)} to be ready (cooldown.up is ${humanDuration(found.cooldownMs)}), and the count rose ${times(found.ups)} in ${span}`,
      };
    case 'flapping':
      return {
        kind: 'advice',
        title:
          found.betterMs === null
            ? 'Its thresholds should be further apart.'
            : `cooldown.down could be ${humanDuration(found.betterMs)}.`,
        evidence: `the count turned round ${times(found.reversals)} in ${span}, ${number(found.perHour)} times an hour: most steps down were taken back within ${humanDuration(found.backWithinMs)}, cooldown.down is ${humanDuration(found.cooldownMs)}`,
        change:
          found.betterMs === null
            ? null
            : ['scale.cooldown.down', `'${formatDuration(found.betterMs)}'`],
      };
    case 'concurrency-unset':
      return {
        kind: 'advice',
        title: `concurrency could be ${found.better}: what comes on top waits at the gateway, where it costs nothing.`,
        evidence: `with ${number(found.many.inFlight)} requests at once a replica p95 was ${humanDuration(found.many.p95Ms)}, with ${number(found.few.inFlight)} it was ${humanDuration(found.few.p95Ms)} (${span})`,
        change: ['concurrency', `${found.better}`],
      };
    case 'queueing':
      return queueingWords(found, span);
    case 'cache':
      return {
        kind: 'advice',
        title: `The cache of ${found.route} finds next to nothing: look at what its answers differ by, or take it out.`,
        evidence: `${found.hits} of ${found.looked} requests were found there in ${span}`,
      };
  }
}

type Of<Kind extends Finding['kind']> = Extract<Finding, { readonly kind: Kind }>;

function heldWords({ how, count: at, wanted }: Of<'held'>, span: string, service: string): Words {
  const would = wanted === null || wanted === at ? '' : `; its policy would have ${wanted} now`;
  return how === 'pinned'
    ? {
        kind: 'advice',
        title: 'Let its policy decide again.',
        evidence: `somebody pinned it at ${at}, ${span} ago${would}`,
        command: `tidegate scale ${service} auto`,
        action: { kind: 'scale', count: 'auto' },
      }
    : {
        kind: 'advice',
        title: 'Let its policy decide again.',
        evidence: `somebody paused it at ${count(at)}, ${span} ago${would}`,
        command: `tidegate resume ${service}`,
        action: { kind: 'resume' },
      };
}

function memoryHigherWords(found: Of<'memory-higher'>, span: string): Words {
  const { peakBytes, limitBytes, betterBytes, replaced } = found;
  const why = replaced > 0 ? `, and replicas were replaced for it ${times(replaced)}` : '';
  return {
    kind: 'trouble',
    title:
      betterBytes === null
        ? 'Look at what it keeps in memory: the machine has no more to give.'
        : `The memory limit should be ${humanBytes(betterBytes)}, unless the program leaks.`,
    evidence: `a replica took ${percent(peakBytes / limitBytes)} of ${humanBytes(limitBytes)} (${humanBytes(peakBytes)}) in ${span}${why}`,
    change: betterBytes === null ? null : ['resources.memory', `'${formatBytes(betterBytes)}'`],
  };
}

function memoryLowerWords(found: Of<'memory-lower'>, span: string): Words {
  const { peakBytes, limitBytes, betterBytes, holdsDown } = found;
  const mind =
    holdsDown === null
      ? ''
      : `; set scale.down.memory: false with it, or its ${percent(holdsDown)} would hold every step down`;
  return {
    kind: 'saving',
    title: `The memory limit could be ${humanBytes(betterBytes)}.`,
    evidence: `memory was never above ${percent(peakBytes / limitBytes)} of ${humanBytes(limitBytes)} (${humanBytes(peakBytes)}) in ${span}${mind}`,
    change: ['resources.memory', `'${formatBytes(betterBytes)}'`],
  };
}

function eventLoopWords({ limitMs, worstMs, share, cores }: Of<'event-loop'>, span: string): Words {
  const busy = cores !== null && cores >= 0.8;
  const meanwhile = cores === null ? '' : `, at ${percent(cores)} of a core`;
  return {
    kind: 'trouble',
    title: busy
      ? 'Its event loop is at its limit: move the computing into worker threads.'
      : 'Something blocks its event loop: look for calls that wait or compute in one go.',
    evidence: `event-loop delay was above ${humanDuration(limitMs)} in ${percent(share)} of ${span}, up to ${humanDuration(worstMs)}${meanwhile}: while it lasts, all requests of a replica wait`,
  };
}

function latencyWords(found: Of<'latency-unwatched'>, span: string): Words {
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

function maxWords(found: Of<'max'>, span: string): Words {
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

function queueingWords({ share, concurrency, cpu, better }: Of<'queueing'>, span: string): Words {
  return {
    kind: 'advice',
    title:
      better === null ? 'Add waiting requests to its up rules.' : `concurrency could be ${better}.`,
    evidence: `requests waited at the gateway in ${percent(share)} of ${span}, with concurrency ${concurrency} and cpu at ${percent(cpu)} meanwhile`,
    change: better === null ? ['scale.up.queued', '1'] : ['concurrency', `${better}`],
  };
}

/** From a day on in days, or people would have to count hours. */
function spanText(spanMs: number): string {
  const days = spanMs / 86_400_000;
  if (days < 0.95)
    return humanDuration(spanMs < 3_600_000 ? spanMs : Math.round(spanMs / 60_000) * 60_000);
  const rounded = Math.round(days * 2) / 2;
  return rounded === 1 ? '1 day' : `${rounded} days`;
}

function percent(fraction: number): string {
  const percents = fraction * 100;
  return `${percents < 10 ? Number(percents.toFixed(1)) : Math.round(percents)} %`;
}

function number(value: number): string {
  return String(value < 100 ? Number(value.toFixed(1)) : Math.round(value));
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function count(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function oneLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
