import { uselessCaches } from './cache.ts';
import { concurrency } from './concurrency.ts';
import { errorsFirst } from './errors-first.ts';
import { eventLoop } from './event-loop.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { flapping } from './flapping.ts';
import { held } from './held.ts';
import { latencyUnwatched } from './latency-unwatched.ts';
import { lowerBound } from './lower-bound.ts';
import { memoryLimit } from './memory-limit.ts';
import { replicasEnd } from './replicas-end.ts';
import { startTime } from './start-time.ts';
import { upperBound } from './upper-bound.ts';

/** What of a service an advice is about: there is one advice on each at most (of caches: one for each). */
export type Topic =
  | 'program'
  | 'memory'
  | 'held'
  | 'max'
  | 'min'
  | 'rules'
  | 'cooldown'
  | 'concurrency'
  | 'cache';

export const TOPICS = {
  'replicas-end': 'program',
  errors: 'program',
  'event-loop': 'program',
  'memory-higher': 'memory',
  'memory-lower': 'memory',
  held: 'held',
  max: 'max',
  machine: 'max',
  'min-lower': 'min',
  'min-quiet': 'min',
  'min-higher': 'min',
  'slow-wake': 'min',
  'slow-start': 'rules',
  'latency-unwatched': 'rules',
  flapping: 'cooldown',
  'concurrency-unset': 'concurrency',
  queueing: 'concurrency',
  cache: 'cache',
} as const satisfies Record<Finding['kind'], Topic>;

/**
 * What holds for one service, the most urgent first. Where two would contradict each other, the one that is nearer to the
 * cause stands: advice on the number of replicas is silent while they end, fail or are held.
 */
export function advise(evidence: Evidence): readonly Finding[] {
  const said: Finding[] = [];
  const silent = new Set<Topic>();
  for (const analyse of ANALYSES) {
    for (const finding of analyse(evidence)) {
      const topic = TOPICS[finding.kind];
      if (silent.has(topic)) continue;
      said.push(finding);
      if (topic !== 'cache') silent.add(topic);
      for (const other of SILENCED[finding.kind] ?? []) silent.add(other);
    }
  }
  return said;
}

// Private

type Analyse = (evidence: Evidence) => readonly Finding[];

const one =
  (analyse: (evidence: Evidence) => Finding | null): Analyse =>
  (evidence) => {
    const found = analyse(evidence);
    return found ? [found] : [];
  };

/** In the order of what they overrule. */
const ANALYSES: readonly Analyse[] = [
  one(replicasEnd),
  one(memoryLimit),
  one(errorsFirst),
  one(eventLoop),
  one(held),
  one(upperBound),
  one(lowerBound),
  one(latencyUnwatched),
  one(startTime),
  one(flapping),
  one(concurrency),
  uselessCaches,
];

const NUMBERS: readonly Topic[] = ['max', 'min', 'rules', 'cooldown', 'concurrency'];

const SILENCED: Readonly<Partial<Record<Finding['kind'], readonly Topic[]>>> = {
  // A program that does not stay up says nothing of what it needs while it is up.
  'replicas-end': [...NUMBERS, 'memory'],
  errors: NUMBERS,
  // More requests at once, or more replicas, are no cure for a blocked loop; memory and quiet hours are another matter.
  'event-loop': ['concurrency', 'rules', 'max'],
  held: NUMBERS,
  // At its upper bound a service queues and turns round for want of replicas.
  max: ['concurrency', 'cooldown', 'rules', 'min'],
  machine: ['concurrency', 'cooldown', 'rules', 'min'],
  // Replicas that are replaced for their memory come and go for that.
  'memory-higher': ['cooldown', 'min'],
  'min-higher': ['cooldown'],
};
