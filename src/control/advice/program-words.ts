import { formatBytes, humanBytes } from '../../kit/bytes.ts';
import { humanDuration } from '../../kit/duration.ts';
import { percent, times } from './amounts.ts';
import type { Of, Words } from './recommendation.ts';

/** Its limit is too near. */
export function memoryHigherWords(found: Of<'memory-higher'>, span: string): Words {
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

/** Its limit is far off. */
export function memoryLowerWords(found: Of<'memory-lower'>, span: string): Words {
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

/** All requests of a replica wait for one. */
export function eventLoopWords(
  { limitMs, worstMs, share, cores }: Of<'event-loop'>,
  span: string,
): Words {
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
