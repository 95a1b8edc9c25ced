import { MINUTE } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import type { decide } from '../../policy/decide.ts';
import type { PolicyName } from '../../spec/spec.ts';
import type { Store } from '../../state/store.ts';
import { createBook } from '../book.ts';
import type { Counters } from '../counters.ts';
import { createShadow } from './shadow.ts';
import type { Moment, Shadow } from './shadow.ts';
import type { ShadowView } from './shadow-view.ts';

export interface ShadowsDeps {
  readonly log: Log;
  readonly store: Pick<Store, 'shadows' | 'samples'>;
  readonly counters: Pick<Counters, 'wanted'>;
  readonly decide: typeof decide;
}

/**
 * The policies of `scale.shadow`, of all services. Whatever they decide goes into records: this has no way to a service,
 * to what is wanted of it, or to who brings that about.
 */
export interface Shadows {
  /** Those of the service look at this moment; one that fails is logged and left out, and nothing else of it is to be noticed. */
  look(service: string, moment: Moment): void;
  /** Time went by with the live count at `live`: counts what was wanted, by the service and by its shadows. */
  passed(service: string, at: number, live: number): void;
  /** What each wants now, for the history. */
  wanted(service: string): Readonly<Partial<Record<PolicyName, number>>> | null;
  views(service: string, now: number): readonly ShadowView[];
  /** Keeps where each stands; those of services that are not named are no more. */
  keep(services: ReadonlyMap<string, unknown>): void;
}

/** Longer than this nobody looked: the machine slept, or the clock was set. */
const LONGEST_LOOK_MS = MINUTE;

export function createShadows({ log, store, counters, ...deps }: ShadowsDeps): Shadows {
  const shadows = new Map<string, readonly Kept[]>();
  const lookedAt = new Map<string, number>();
  /** Of services whose state cannot be read: told once, and tried again at each look. */
  const notBegun = new Set<string>();

  const begun = (service: string, policy: PolicyName, moment: Moment): Shadow => {
    const decisions = store.shadows.decisions(policy);
    return createShadow({
      service,
      policy,
      book: createBook(decisions),
      decide: deps.decide,
      kept: store.shadows.standing(service, policy),
      last: decisions.last(service, 1)[0] ?? null,
      recorded: (from) => store.samples.wantedBeside(service, policy, from, moment.now),
      moment,
    });
  };

  /** As the configuration has them now: one that is new begins, one that is gone is forgotten. */
  const follow = (service: string, moment: Moment): readonly Kept[] => {
    const known = shadows.get(service) ?? [];
    const wanted = moment.scale.shadow;
    if (known.length === wanted.length && known.every((each, at) => each.policy === wanted[at]))
      return known;
    const next = wanted.map(
      (policy) =>
        known.find((each) => each.policy === policy) ?? {
          policy,
          shadow: begun(service, policy, moment),
          problem: null,
        },
    );
    for (const { policy } of known)
      if (!wanted.includes(policy)) store.shadows.setStanding(service, policy, {});
    shadows.set(service, next);
    return next;
  };

  const lookWith = (service: string, kept: Kept, moment: Moment): void => {
    try {
      kept.shadow.look(moment);
      if (kept.problem !== null)
        log.info({ service, shadow: kept.policy }, 'a shadow policy decides again');
      kept.problem = null;
    } catch (err) {
      const problem = messageOf(err);
      if (kept.problem !== problem)
        log.error(
          { err, service, shadow: kept.policy },
          'a shadow policy failed; nothing else did',
        );
      kept.problem = problem;
    }
  };

  return {
    look(service, moment) {
      try {
        for (const kept of follow(service, moment)) lookWith(service, kept, moment);
        notBegun.delete(service);
      } catch (err) {
        if (!notBegun.has(service))
          log.error({ err, service }, 'the shadow policies of a service could not be begun');
        notBegun.add(service);
      }
    },
    passed(service, at, live) {
      const passedMs = at - (lookedAt.get(service) ?? at);
      lookedAt.set(service, at);
      if (passedMs <= 0 || passedMs > LONGEST_LOOK_MS) return;
      counters.wanted(service, null, (live * passedMs) / 1000);
      for (const { policy, shadow, problem } of shadows.get(service) ?? []) {
        // What fails costs nothing, which is no saving.
        if (problem !== null) continue;
        shadow.passed(at, passedMs, live);
        counters.wanted(service, policy, (shadow.desired * passedMs) / 1000);
      }
    },
    wanted(service) {
      const known = shadows.get(service) ?? [];
      if (known.length === 0) return null;
      return Object.fromEntries(
        known.flatMap(({ policy, shadow, problem }) =>
          problem === null ? [[policy, shadow.desired]] : [],
        ),
      );
    },
    views: (service, now) =>
      (shadows.get(service) ?? []).map(({ shadow, problem }) => ({ ...shadow.view(now), problem })),
    keep(services) {
      for (const [service, known] of shadows) {
        const there = services.has(service);
        for (const { policy, shadow } of known)
          store.shadows.setStanding(service, policy, there ? shadow.standing : {});
        if (there) continue;
        shadows.delete(service);
        lookedAt.delete(service);
      }
    },
  };
}

// Private

interface Kept {
  readonly policy: PolicyName;
  readonly shadow: Shadow;
  /** What it failed with last; null: it works. */
  problem: string | null;
}
