import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../kit/clock.ts';
import { codeOf, TidegateError } from '../kit/errors.ts';
import type { ReplicaExit } from '../engine/engine.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { StartFailures } from './backoff.ts';
import { READY_GRACE_MS } from './backoff.ts';
import { watchPort } from './port-watch.ts';
import type { Wanted } from './reconcile-plan.ts';
import { planReconcile, whyRetired } from './reconcile-plan.ts';
import type { LifeDeps } from './replica-life.ts';
import { bringDown, bringUp, LEAVING } from './replica-life.ts';
import type { Replica } from './roster.ts';
import { howItEnded, sentenceOf } from './end-words.ts';
import { createShortLives, deathOf } from './short-lives.ts';
import { createStartFailureBook } from './start-failures.ts';
import type { ServiceProblem } from './view.ts';

export interface ReconcileDeps extends LifeDeps {
  /** What the service should have now; null: there is no such service any more. */
  readonly wanted: (service: string) => Wanted | null;
  /** What a replica of this revision is started from now. */
  readonly spec: (service: string, revision: string) => ServiceSpec;
  /** The drain of one that fetched its work, of a service that is no more; null: it is there, or fetched nothing. */
  readonly leftDrainMs: (service: string) => number | null;
  readonly onProblem: (service: string, problem: ServiceProblem) => void;
  /** A start may be tried again after one that failed. */
  readonly onRetry: () => void;
  /** 0..1, spreads retries. */
  readonly chance: () => number;
}

export interface Reconciler {
  /** Starts what is missing of what is wanted and retires what is too much; returns at once, the work goes on behind. */
  reconcile(service: string): void;
  /** Brings to its end what an earlier control plane had begun with a replica that starts or drains. */
  goOn(replica: Replica): void;
  /** A process ended: out of the gateway at once, and replaced. */
  exited(replica: Replica, exit: ReplicaExit): void;
  /** The service's failed starts are forgotten: the next reconcile starts again. */
  forgive(service: string): void;
  crashLooping(service: string): boolean;
  /** Until when no start is tried after one that failed, ms since the epoch; null: one is tried when it is wanted. */
  waitsUntil(service: string): number | null;
  /** No start after this; what is under way stays where it is, for the next control plane to go on with. */
  leave(): Promise<void>;
  /** No start after this; resolves when everything under way has ended. */
  stop(): Promise<void>;
  /** After `stop`: those that fetch their work are brought down, while the gateway serves; resolves when they have ended. */
  endFetching(): Promise<void>;
}

/** For the requests of a replica whose service nobody knows the drain of. */
const STRANGER_DRAIN_MS = 10 * SECOND;

const LEAVE_MS = 2 * SECOND;

/** The lines of its log a failed replica is shown with. */
const LOG_LINES = 10;

export function createReconciler(deps: ReconcileDeps): Reconciler {
  const failures = createStartFailureBook(deps.chance);
  const shortLives = createShortLives();
  const timers = new Map<string, NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  let stopping = false;

  /** Keeps hold of work under way, so that nothing escapes unawaited and `stop` can wait for it. */
  const background = (what: string, work: Promise<void>): void => {
    const held = work.catch((err: unknown) => deps.log.error({ err, what }, `${what} failed`));
    underWay.add(held);
    void held.finally(() => underWay.delete(held));
  };

  const reconcile = (service: string): void => {
    const wanted = deps.wanted(service);
    if (stopping || !wanted) return;
    failures.forgetOutlived(service, deps.roster.of(service), deps.clock.now());
    const plan = planReconcile(deps.roster.of(service), wanted);
    startSome(service, wanted.revision, plan.start);
    if (wanted.coming) startSome(service, wanted.coming.revision, plan.startComing);
    for (const replica of plan.retire) retire(replica, wanted);
  };

  const startSome = (service: string, revision: string, missing: number): void => {
    const now = deps.clock.now();
    const waits = failures.waitsUntil(service, revision, now);
    if (waits !== null) {
      retryAt(service, waits);
      return;
    }
    // While starts fail, one at a time is enough to find out whether they still do.
    const starts = failures.isFailing(service, revision) ? Math.min(missing, 1) : missing;
    for (let started = 0; started < starts; started++) {
      const replica = enlist(service, revision, now);
      if (!replica) break;
      background(`start ${replica.id}`, start(deps.spec(service, revision), replica));
    }
  };

  /** Null when the state file cannot take the new replica: one that nobody remembers must not be started. */
  const enlist = (service: string, revision: string, now: number): Replica | null => {
    try {
      return deps.roster.enlist(service, revision, now);
    } catch (thrown) {
      const message = sentenceOf(thrown);
      const code = codeOf(thrown) ?? 'START_FAILED';
      deps.onProblem(service, { code, message, at: now, log: [] });
      failures.count({ service, revision, startedAt: now }, now);
      return null;
    }
  };

  const start = async (service: ServiceSpec, replica: Replica): Promise<void> => {
    const stopLooking = watchPort(deps, replica);
    try {
      await bringUp(deps, service, replica);
    } catch (thrown) {
      const now = deps.clock.now();
      await failedStart(replica, thrown, now, failures.count(replica, now));
    } finally {
      stopLooking();
    }
    reconcile(service.name);
  };

  const retire = (replica: Replica, wanted: Wanted): void => {
    if (replica.state === 'starting') {
      if (!replica.abort.signal.aborted) replica.abort.abort(new Error('no longer wanted'));
      return;
    }
    const { service } = replica;
    const why = whyRetired(replica, wanted);
    const work = async (): Promise<void> => {
      await bringDown(deps, deps.spec(service, replica.revision), replica, why);
      reconcile(service);
    };
    background(`stop ${replica.id}`, work());
  };

  const failedStart = async (
    replica: Replica,
    thrown: unknown,
    now: number,
    after: StartFailures,
  ): Promise<void> => {
    const { service } = replica;
    const looping = failures.isCrashLoop(service, replica.revision);
    const log = await deps.engine.tail(replica.id, LOG_LINES).catch(() => []);
    deps.onProblem(service, {
      code: looping ? 'CRASH_LOOP' : (codeOf(thrown) ?? 'START_FAILED'),
      message: `${sentenceOf(thrown)}${looping ? ` (${after.count} starts in a row failed; next try in ${Math.round((after.retryAt - now) / 1000)} s)` : ''}`,
      at: now,
      log,
    });
    retryAt(service, after.retryAt);
  };

  const retryAt = (service: string, at: number): void => {
    if (stopping) return;
    clearTimeout(timers.get(service));
    const delayMs = Math.max(0, at - deps.clock.now());
    timers.set(
      service,
      setTimeout(() => {
        reconcile(service);
        deps.onRetry();
      }, delayMs),
    );
  };

  const allEnded = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };

  const quit = (): void => {
    stopping = true;
    for (const timer of timers.values()) clearTimeout(timer);
  };

  return {
    reconcile,
    goOn(replica) {
      const { service, revision } = replica;
      const known = deps.wanted(service) !== null;
      if (replica.state === 'starting' && known) {
        background(`start ${replica.id}`, start(deps.spec(service, revision), replica));
        return;
      }
      const leaving = known
        ? deps.spec(service, revision)
        : { name: service, backlog: null, drainMs: deps.leftDrainMs(service) ?? STRANGER_DRAIN_MS };
      const why = known ? 'its drain went on' : 'its service is not configured any more';
      const work = async (): Promise<void> => {
        await bringDown(deps, leaving, replica, why);
        reconcile(service);
      };
      background(`stop ${replica.id}`, work());
    },
    exited(replica, exit) {
      if (stopping) return;
      const { service } = replica;
      const now = deps.clock.now();
      const how = howItEnded(exit);
      // A start under way hears it from `untilHealthy`; a replica on its way out was told to end.
      if (replica.state === 'starting') return;
      if (replica.ending) return;
      if (replica.state === 'draining') {
        const note = `${how} before it had drained`;
        deps.roster.note(replica, now, note, 'ENDED_DRAINING');
        replica.abort.abort(new Error(how));
        return;
      }
      deps.roster.remove(replica, 'failed', now, how);
      const early = now - (replica.readyAt ?? now) < READY_GRACE_MS;
      // Counted before anything is started in its place.
      const failure = early ? failures.count(replica, now) : null;
      const keepsDying = early ? null : shortLives.ended(replica, now);
      const work = async (): Promise<void> => {
        // The gateway first: every millisecond it stays costs a retry.
        await deps.publish();
        // What the leader left behind goes too.
        await deps.engine.stop(replica.id, 0);
        if (failure) {
          const message = `${replica.id} ${how} right after it was ready.`;
          await failedStart(replica, new TidegateError('EXITED', message), now, failure);
        } else {
          const log = await deps.engine.tail(replica.id, LOG_LINES).catch(() => []);
          deps.onProblem(service, { ...deathOf(replica, how, keepsDying), at: now, log });
        }
      };
      background(`clear ${replica.id} away`, work());
      reconcile(service);
    },
    forgive(service) {
      failures.forgive(service);
      shortLives.forgive(service);
    },
    waitsUntil(service) {
      const revision = deps.wanted(service)?.revision ?? '';
      return failures.waitsUntil(service, revision, deps.clock.now());
    },
    crashLooping(service) {
      return failures.isCrashLoop(service, deps.wanted(service)?.revision ?? '');
    },
    async leave() {
      quit();
      for (const replica of deps.roster.all()) {
        if (replica.state !== 'ready') replica.abort.abort(LEAVING);
      }
      // A process being started is waited for until it is written down, one being ended is not: it is found again.
      await Promise.race([Promise.all(underWay), delay(LEAVE_MS, undefined, { ref: false })]);
    },
    async stop() {
      quit();
      for (const replica of deps.roster.all()) {
        if (replica.state === 'starting') replica.abort.abort(new Error('stopping'));
      }
      await allEnded();
    },
    async endFetching() {
      for (const replica of deps.roster.all()) {
        if (replica.state !== 'ready') continue;
        const service = deps.spec(replica.service, replica.revision);
        if (!deps.fetches(service)) continue;
        background(
          `stop ${replica.id}`,
          bringDown(deps, service, replica, 'everything is stopped'),
        );
      }
      await allEnded();
    },
  };
}
