import { nearest } from '../../spec/nearest.ts';
import { aggregation } from './aggregation.ts';
import { asynchronous } from './async.ts';
import { autoscale } from './autoscale.ts';
import { backlog } from './backlog.ts';
import { balancing } from './balancing.ts';
import { cache } from './cache.ts';
import { chaos } from './chaos.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { cpuBlocking } from './cpu-blocking.ts';
import { crowd } from './crowd.ts';
import { unknownLab } from './errors.ts';
import { eventLoop } from './event-loop.ts';
import type { Lab } from './lab.ts';
import { rateLimit } from './rate-limit.ts';
import { rolling } from './rolling.ts';
import { sleep } from './sleep.ts';
import { stateless } from './stateless.ts';
import { throughput } from './throughput.ts';

/** Every lab, in the order in which one learns most from them. */
export const LABS: readonly Lab[] = [
  cpuBlocking,
  stateless,
  throughput,
  balancing,
  eventLoop,
  crowd,
  autoscale,
  rolling,
  chaos,
  sleep,
  circuitBreaker,
  aggregation,
  cache,
  rateLimit,
  asynchronous,
  backlog,
];

/** The lab of this name, of `all` every one. @throws TidegateError LAB_UNKNOWN */
export function chosenLabs(name: string, labs: readonly Lab[] = LABS): readonly Lab[] {
  if (name === 'all') return labs;
  const found = labs.filter((lab) => lab.name === name);
  if (found.length > 0) return found;
  const names = labs.map((lab) => lab.name);
  throw unknownLab(name, nearest(name, names));
}
