import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Counters } from './counters.ts';
import type { HeldRequests } from './held-requests.ts';
import type { Incidents } from './incidents.ts';
import type { Learnings } from './learning/learnings.ts';
import type { Project } from './project.ts';
import type { Replica } from './roster.ts';
import type { ServiceProblem } from './view.ts';

export interface ServiceNewsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly project: Pick<Project, 'known'>;
  readonly incidents: Pick<Incidents, 'problem' | 'add'>;
  readonly counters: Pick<Counters, 'answered' | 'startedCold'>;
  readonly held: Pick<HeldRequests, 'served'>;
  readonly learnings: Pick<Learnings, 'started'>;
}

/** Good and bad news of a service, told wherever they are to be seen. */
export interface ServiceNews {
  problem(service: string, problem: ServiceProblem): void;
  /** Its queues cannot be worked off in time; `why` is for the middle of a sentence. */
  behind(service: string, why: string, at: number): void;
  caughtUp(service: string, at: number): void;
  /** One more of its replicas takes traffic. */
  takesTraffic(replica: Pick<Replica, 'service' | 'startedAt'>): void;
}

export function createServiceNews({
  clock,
  log,
  project,
  incidents,
  counters,
  held,
  learnings,
}: ServiceNewsDeps): ServiceNews {
  const begunAt = clock.now();
  return {
    problem(name, problem) {
      log.warn({ service: name, code: problem.code, log: problem.log }, problem.message);
      project.known(name).problem = problem;
      incidents.problem(name, problem);
    },
    behind(name, why, at) {
      const message = `What waits for ${name} ${why}.`;
      log.warn({ service: name, code: 'QUEUE_BEHIND' }, message);
      incidents.add({ at, service: name, replica: null, code: 'QUEUE_BEHIND', message });
    },
    caughtUp(name, at) {
      const message = `What waits for ${name} is worked off in time again.`;
      log.info({ service: name, code: 'QUEUE_CAUGHT_UP' }, message);
      incidents.add({ at, service: name, replica: null, code: 'QUEUE_CAUGHT_UP', message });
    },
    takesTraffic({ service: name, startedAt }) {
      const now = clock.now();
      counters.answered(name, now);
      // One that an earlier control plane ordered may have waited for this one.
      if (startedAt >= begunAt) learnings.started(name, now, now - startedAt);
      const service = project.known(name);
      if (service.problem && isPast(service.problem, startedAt)) service.problem = null;
      const coldStartMs = held.served(name, now);
      if (coldStartMs !== null) counters.startedCold(name, coldStartMs / 1000);
    },
  };
}

// Private

/** Problems that a replica which takes traffic proves past, whenever it was started. */
const PAST_ONCE_IT_SERVES = new Set(['NOT_LISTENING', 'WRONG_PORT', 'NO_ROOM']);

const LOSSES = new Set(['REPLICA_DIED', 'REPLICAS_KEEP_DYING', 'REPLICA_REPLACED']);

/**
 * A start that failed is made good by a later one; a replica that died while it served is always replaced, and its death
 * is to be seen for a while all the same.
 */
function isPast({ code, at }: ServiceProblem, startedAt: number): boolean {
  return PAST_ONCE_IT_SERVES.has(code) || (!LOSSES.has(code) && startedAt >= at);
}
