import { rmSync } from 'node:fs';
import type { Clock } from '../kit/clock.ts';
import { codeOf } from '../kit/errors.ts';
import { parseAccessLine } from './access-line.ts';
import { createCacheSizes } from './cache-sizes.ts';
import { createCacheCounter } from './cache-traffic.ts';
import { findAndHold } from './adopt.ts';
import { apply } from './apply.ts';
import { check } from './check.ts';
import { parseDemandLine } from './demand-line.ts';
import { discreet } from './discretion.ts';
import { gatewayRefused, gatewaySilent } from './errors.ts';
import { readFact, type GatewayFact } from './fact.ts';
import type { Gateway, GatewayState, GatewayTraffic } from './gateway.ts';
import { launch, type Live } from './live.ts';
import { startLogReceiver, type LogReceiver } from './log-receiver.ts';
import type { SlotTable } from './plan.ts';
import { clearAway, stopHaproxy } from './process.ts';
import { anyCached } from './render/cache.ts';
import { sampledKeys } from './render/log.ts';
import { FRONTEND, RELAY, backendName } from './render/names.ts';
import { prepareSite, type Site, type SiteOptions } from './site.ts';
import { createTally } from './tally.ts';
import { attemptsAt, requestsAt, summarise } from './traffic.ts';
import type { Workers } from './workers.ts';

export interface GatewayOptions extends SiteOptions {
  readonly clock: Clock;
  /** Told what another control plane needs to find this HAProxy again; null: there is none. */
  readonly remember: (fact: GatewayFact | null) => void;
}

/** A gateway made of HAProxy. Nothing is started or touched before `start`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock, log } = options;
  const tally = createTally();
  const cacheCounter = createCacheCounter();
  const cacheSizes = createCacheSizes(() => performance.now());
  const listeners: (() => void)[] = [];
  const demandListeners: ((service: string) => void)[] = [];
  const keyListeners: ((jwt: string) => void)[] = [];
  let site: Site | undefined;
  let live: Live | null = null;
  /** Where replicas sat in a HAProxy that ended by itself. */
  let seated: SlotTable = {};
  let receiver: LogReceiver | null = null;
  let lookedAt = performance.now();
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** One thing at a time: a look between two workers would count one's requests as the other's. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const running = (): Live => {
    if (!live) throw gatewaySilent('it is not running');
    return live;
  };
  const onLine = (line: string): void => {
    const request = parseAccessLine(line);
    if (request) return tally.add(request);
    const demanded = parseDemandLine(line);
    if (demanded === null) return;
    const listeners = demanded.kind === 'service' ? demandListeners : keyListeners;
    for (const listener of listeners) listener(demanded.name);
  };
  const listenToLog = async ({ sockets, groupId }: Site): Promise<void> => {
    receiver ??= await startLogReceiver({ path: sockets.log, groupId, onLine, log });
  };
  const letGoOfLog = async (): Promise<void> => {
    await receiver?.close();
    receiver = null;
  };
  const died = async (dead: Live, how: string): Promise<void> => {
    if (live !== dead || closed) return;
    live = null;
    seated = dead.planned.slots;
    log.error({ pid: dead.process.identity.pid, how }, 'HAProxy ended without being asked to');
    await inTurn(() => clearAway(dead.process.identity)).catch((err: unknown) => {
      log.error({ err }, 'what HAProxy left behind could not be cleared away');
    });
    if (!closed) for (const listener of listeners) listener();
  };

  const hold = (started: Live): void => {
    live = started;
    lookedAt = performance.now();
    void started.process.exited.then((how) => died(started, how));
  };
  /** On a full disk HAProxy does as it was told all the same: whoever adopts it finds out what differs. */
  const remember = (fact: GatewayFact | null): void => {
    try {
      options.remember(fact);
    } catch (err) {
      log.warn({ err }, 'what HAProxy was told could not be written down');
    }
  };
  const noteDown = ({ process, planned }: Live): void =>
    remember({ identity: process.identity, planned: discreet(planned, options.nonce) });

  return {
    start: (state) =>
      inTurn(async () => {
        if (live) throw new Error('the gateway has been started already');
        site ??= await prepareSite(options);
        await listenToLog(site);
        const started = await launch(site, state, seated).catch(async (thrown: unknown) => {
          await letGoOfLog();
          throw thrown;
        });
        hold(started);
        noteDown(started);
      }),

    adopt: (fact, state) =>
      inTurn(async () => {
        if (live) throw new Error('the gateway has been started already');
        site ??= await prepareSite(options);
        await listenToLog(site);
        seated = readFact(fact, options.nonce)?.planned?.slots ?? {};
        const found = await findAndHold(site, fact, state).catch(async (thrown: unknown) => {
          await letGoOfLog();
          throw thrown;
        });
        if (found.kind !== 'found') return found;
        hold(found.live);
        const { process } = found.live;
        const applied = await apply(site, found.live, state).catch(async (thrown: unknown) => {
          if (codeOf(thrown) !== 'GATEWAY_SILENT') throw thrown;
          live = null;
          process.letGo();
          await clearAway(process.identity);
          throw thrown;
        });
        if (applied.kind === 'refused') throw gatewayRefused(applied.problems);
        noteDown(found.live);
        log.info({ pid: process.identity.pid, applied: applied.kind }, 'took over HAProxy');
        return { kind: 'adopted' };
      }),

    async check(next) {
      site ??= await prepareSite(options);
      return check(site, live, next);
    },

    apply: (next) =>
      inTurn(async () => {
        const now = running();
        const before = now.planned;
        try {
          return await apply(site as Site, now, next);
        } finally {
          if (now.planned !== before) noteDown(now);
        }
      }),

    traffic: () =>
      inTurn(async () => {
        const { workers, sampler, planned, runtime } = running();
        const stats = await workers.stat();
        const [at, spanMs] = [clock.now(), performance.now() - lookedAt];
        lookedAt += spanMs;
        const tallied = tally.take();
        const sizes = anyCached(planned.state)
          ? await cacheSizes.look(runtime).catch((err: unknown) => {
              log.warn({ err }, 'the sizes of the caches are not known');
              return null;
            })
          : null;
        const traffic = summarise(Object.keys(planned.state.services), {
          at,
          spanMs,
          stats,
          counts: workers.takeCounts(),
          tallied,
          caches: cacheCounter.take(planned.state, {
            use: workers.takeCacheUse(),
            logged: tallied.caches,
            sizes,
          }),
        });
        await sampler
          .adjust(ratesOf(planned.state, traffic, tallied.unserved))
          .catch((err: unknown) => {
            log.warn({ err }, 'the share of logged requests could not be changed');
          });
        for (const path of Object.values(site?.logs ?? {})) site?.logFiles.check(path);
        return traffic;
      }),

    attempts: (services) =>
      inTurn(async () => {
        const { workers } = running();
        const stats = await workers.stat();
        return attemptsAt(services, stats, workers.takeAttempts());
      }),

    inFlight: (service, replica) =>
      inTurn(async () => {
        const stats = await running().workers.serversOf(backendName(service));
        return requestsAt(service, replica, stats);
      }),

    pid: () => live?.process.identity.pid ?? null,

    onDemand(listener) {
      demandListeners.push(listener);
    },

    onUnknownKey(listener) {
      keyListeners.push(listener);
    },

    onDeath(listener) {
      listeners.push(listener);
    },

    stop: (graceMs) =>
      inTurn(async () => {
        const leaving = live;
        live = null;
        if (leaving) await stopHaproxy(leaving.process, graceMs, () => isIdle(leaving.workers));
        await letGoOfLog();
        for (const path of Object.values(site?.sockets ?? {})) rmSync(path, { force: true });
        site?.files.forgetSecrets();
        remember(null);
      }),

    close: () =>
      inTurn(async () => {
        closed = true;
        live?.process.letGo();
        await letGoOfLog();
      }),
  } satisfies Gateway;
}

// Private

/** Nothing in service and nothing waiting; while that cannot be known, it is not. */
async function isIdle(workers: Workers): Promise<boolean> {
  try {
    const lines = (await workers.statOfLeaving()).flatMap((stat) => stat.lines);
    return lines
      .filter((line) => line.backend !== RELAY)
      .every((line) => line.current === 0 && line.queued === 0);
  } catch {
    return false;
  }
}

/** By key of the sampling map. */
function ratesOf(
  state: GatewayState,
  traffic: GatewayTraffic,
  unserved: number,
): ReadonlyMap<string, number> {
  const seconds = Math.max(traffic.spanMs, 1) / 1000;
  const counts = new Map([[FRONTEND, unserved]]);
  for (const [name, { requests, refused }] of Object.entries(traffic.services))
    counts.set(backendName(name), requests + refused);
  return new Map([...sampledKeys(state)].map((key) => [key, (counts.get(key) ?? 0) / seconds]));
}
