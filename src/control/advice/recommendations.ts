import { setImmediate } from 'node:timers/promises';
import { DAY, MINUTE, SECOND } from '../../kit/clock.ts';
import type { Clock } from '../../kit/clock.ts';
import { isOwnService } from '../../spec/own-services.ts';
import type { GatewaySpec, ServiceSpec } from '../../spec/spec.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { Store } from '../../state/store.ts';
import type { Book } from '../book.ts';
import type { ControlCounters } from '../control.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Project } from '../project.ts';
import { advise } from './advise.ts';
import type { CacheUse, Evidence, Machine } from './evidence.ts';
import { trackOf } from './track.ts';
import type { UnchangedSince } from './unchanged-since.ts';
import type { Recommendation } from './recommendation.ts';
import { recommendationOf } from './words.ts';

export interface RecommendationsDeps {
  readonly clock: Clock;
  readonly project: Pick<Project, 'services' | 'gateway'>;
  readonly store: Pick<Store, 'samples' | 'decisions' | 'incidents' | 'replicas'>;
  readonly book: Pick<Book, 'inForce'>;
  readonly counters: Pick<ControlCounters, 'caches'>;
  /** When counting began, ms since the epoch. */
  readonly startedAt: number;
  readonly unchangedSince: UnchangedSince;
  /** What the machine has left for a service. */
  readonly machine: (service: string) => Machine;
  /** The hour of a moment where this runs. */
  readonly hourOf: (at: number) => number;
}

/** How long an answer is given again. */
const KEEP_MS = 30 * SECOND;

/** At 10 s a point: the finest there is beyond two hours. */
const RECENT_MS = 150 * MINUTE;
const RECENT_POINTS = 900;
const WEEK_MS = 7 * DAY;
const WEEK_POINTS = 1000;
/** An hour of who turns round every quarter of a minute. */
const DECISIONS = 1500;
const INCIDENTS = 200;
const STARTS = 20;

/** What could be better about the services of the user, computed when somebody asks. @throws what the state file throws */
export function createRecommendations(
  deps: RecommendationsDeps,
): () => Promise<readonly Recommendation[]> {
  const { clock, project } = deps;
  let kept: Kept | null = null;

  const services = (): readonly ServiceSpec[] =>
    [...project.services.values()]
      .filter(({ spec, leaving }) => !leaving && !isOwnService(spec.name))
      .map(({ spec }) => spec);
  // Whoever asks first after an edit should find that it was one.
  for (const spec of services()) deps.unchangedSince(spec);

  const compute = async (now: number): Promise<readonly Recommendation[]> => {
    const answer: Recommendation[] = [];
    for (const { name } of services()) {
      // A deployment may have taken it out, or changed it, between two.
      const spec = services().find((each) => each.name === name);
      if (!spec) continue;
      answer.push(...advise(gather(spec, now, deps)).map((each) => recommendationOf(name, each)));
      // Each service takes some 25 ms of reading: the loops have their turn between two.
      await setImmediate();
    }
    return answer;
  };

  return () => {
    const now = clock.now();
    // A clock that was set back is no reason to wait.
    const within = kept && now >= kept.at && now - kept.at < KEEP_MS;
    const held = heldByHand(project.services.values());
    if (kept && within && kept.held === held) return kept.answer;
    const answer = compute(now);
    const asked = { at: now, held, answer };
    kept = asked;
    answer.catch(() => {
      if (kept === asked) kept = null;
    });
    return answer;
  };
}

// Private

interface Kept {
  readonly at: number;
  /** Whoever follows an advice on what a person holds wants to see it gone. */
  readonly held: string;
  readonly answer: Promise<readonly Recommendation[]>;
}

function heldByHand(services: Iterable<Pick<ManagedService, 'spec' | 'pin' | 'paused'>>): string {
  return JSON.stringify([...services].map(({ spec, pin, paused }) => [spec.name, pin, paused]));
}

function gather(spec: ServiceSpec, now: number, deps: RecommendationsDeps): Evidence {
  const { store, book, project } = deps;
  const { name } = spec;
  const since = deps.unchangedSince(spec);
  const inForce = book.inForce(name);
  const points = (spanMs: number, limit: number): Evidence['recent'] =>
    trackOf(store.samples.range(name, Math.max(since, now - spanMs), now, limit));
  return {
    spec,
    now,
    recent: points(RECENT_MS, RECENT_POINTS),
    week: points(WEEK_MS, WEEK_POINTS),
    decisions: store.decisions
      .last(name, DECISIONS)
      .filter(({ id, at }) => at >= since || id === inForce?.id)
      // The one in force has newer numbers in memory than in its row.
      .map((stored) => (stored.id === inForce?.id ? countedFrom(since, inForce) : stored))
      .toReversed(),
    incidents: store.incidents
      .list(name, Math.max(since, now - WEEK_MS), now, INCIDENTS)
      .toReversed(),
    startsMs: store.replicas
      .recent(name, STARTS)
      .flatMap(({ startedAt, readyAt }) =>
        readyAt === null || startedAt < since ? [] : [readyAt - startedAt],
      ),
    demandIsSeen: spec.backlog === null && isRouted(project.gateway, name),
    caches: cachesOf(project.gateway, name, deps),
    machine: deps.machine(name),
    hourOf: deps.hourOf,
  };
}

/** An edit changes neither who holds the count nor since when; all else begins anew with it. */
function countedFrom(since: number, decision: StoredDecision): StoredDecision {
  const byHand = decision.binding === 'pinned' || decision.binding === 'paused';
  return byHand ? decision : { ...decision, at: Math.max(decision.at, since) };
}

function isRouted({ routes }: GatewaySpec, name: string): boolean {
  return routes.some(({ services }) => services.some(({ service }) => service === name));
}

/** A route that is shared is told of once, with who has the first share. */
function cachesOf(
  { routes }: GatewaySpec,
  name: string,
  { counters, startedAt }: Pick<RecommendationsDeps, 'counters' | 'startedAt'>,
): readonly CacheUse[] {
  const own = routes.filter(({ services }) => services[0]?.service === name).map(({ id }) => id);
  return counters.caches
    .filter(({ route }) => own.includes(route))
    .map(({ route, hits, misses }) => ({ route, hits, misses, from: startedAt }));
}
