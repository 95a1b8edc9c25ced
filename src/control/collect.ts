import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Engine, HostReading } from '../engine/engine.ts';
import type { Gateway, GatewayTraffic, ServiceTraffic } from '../gateway/gateway.ts';
import { createHistogram } from '../signals/histogram.ts';
import type { BacklogSample, ReplicaUsage, Sample } from '../signals/sample.ts';
import type { Replica } from './roster.ts';

/** What one look at everything gave; a source that did not answer is null, never zero. */
export interface Collected {
  readonly at: number;
  readonly traffic: GatewayTraffic | null;
  readonly usage: ReadonlyMap<string, ReplicaUsage> | null;
  readonly host: HostReading | null;
}

export interface Collector {
  collect(): Promise<Collected>;
}

/** Asks gateway, engine and host side by side. A source that falls silent is logged once, and once when it is back. */
export function createCollector(
  clock: Clock,
  log: Log,
  gateway: Pick<Gateway, 'traffic'>,
  engine: Pick<Engine, 'measure' | 'host'>,
): Collector {
  const silent = new Set<string>();

  const ask = async <T>(source: string, question: () => Promise<T>): Promise<T | null> => {
    try {
      const answer = await question();
      if (silent.delete(source)) log.info({ source }, `${source} answers again`);
      return answer;
    } catch (err) {
      if (!silent.has(source))
        log.warn({ err, source }, `${source} is silent: its signals are missing`);
      silent.add(source);
      return null;
    }
  };

  return {
    async collect() {
      const [traffic, usage, host] = await Promise.all([
        ask('the gateway', () => gateway.traffic()),
        ask('the engine', () => engine.measure()),
        ask('the host', () => engine.host()),
      ]);
      return { at: clock.now(), traffic, usage, host };
    },
  };
}

/** What is known of a service that sleeps when a request is held for it, between two looks: one waits. */
export function heldSample(at: number): Sample {
  const traffic = { requests: 0, errors: 0, inFlight: 0, queued: 1, latency: createHistogram() };
  return { at, spanMs: 0, traffic, usage: { replicas: [] }, backlog: null };
}

/** What is known of a service that sleeps when tasks wait for it, between two looks. */
export function queuedSample(at: number, backlog: BacklogSample | null): Sample {
  return { at, spanMs: 0, traffic: null, usage: { replicas: [] }, backlog };
}

/** One service's part of what was collected; requests that are `held` wait, as many as they may be. */
export function sampleOf(
  collected: Collected,
  service: string,
  replicas: readonly Replica[],
  held: boolean,
  backlog: BacklogSample | null,
): Sample {
  const { at, traffic, usage } = collected;
  const own = traffic?.services[service];
  const serving = replicas.filter(({ state, ejected }) => state === 'ready' && !ejected);
  return {
    at,
    spanMs: traffic?.spanMs ?? 0,
    traffic: own
      ? {
          ...own,
          came: Math.max(0, own.came - own.refused),
          answered: answeredBy(own),
          queued: Math.max(own.queued, held ? 1 : 0),
        }
      : null,
    usage: usage && { replicas: serving.flatMap(({ id }) => usage.get(id) ?? []) },
    backlog,
  };
}

// Private

function answeredBy({ servers }: Pick<ServiceTraffic, 'servers'>): number {
  return servers.reduce((sum, { requests, errors }) => sum + Math.max(0, requests - errors), 0);
}
