import { formatDuration, humanDuration } from '../../kit/duration.ts';
import { spanText, percent, number, times, count, clock, oneLine } from './amounts.ts';
import type { Finding } from './finding.ts';
import { memoryHigherWords, memoryLowerWords, eventLoopWords } from './program-words.ts';
import type { Recommendation, Words } from './recommendation.ts';
import { heldWords, latencyWords, maxWords, queueingWords } from './scale-words.ts';

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

function wordsOf(found: Finding, service: string): Words {
  // "Never in three days" must not be said of days in which nobody looked.
  const span = spanText(found.seenMs ?? found.to - found.from);
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
