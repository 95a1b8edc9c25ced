import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Engine, HostReading } from '../engine/engine.ts';
import type { Gateway, GatewayTraffic } from '../gateway/gateway.ts';
import type { ReplicaUsage, Sample } from '../signals/sample.ts';
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

/** One service's part of what was collected. */
export function sampleOf(
  collected: Collected,
  service: string,
  replicas: readonly Replica[],
): Sample {
  const { at, traffic, usage } = collected;
  const own = traffic?.services[service];
  const ready = replicas.filter(({ state }) => state === 'ready');
  return {
    at,
    spanMs: traffic?.spanMs ?? 0,
    traffic: own ?? null,
    usage: usage && { replicas: ready.flatMap(({ id }) => usage.get(id) ?? []) },
    backlog: null,
  };
}
