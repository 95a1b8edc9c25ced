import { createHistogram } from '../signals/histogram.ts';
import { NO_COUNTS, replicaKey, type Counts } from './counts.ts';
import { backendName, checkedName, slotOf } from './render/names.ts';
import type { CacheTraffic, GatewayTraffic, ServerTraffic, ServiceTraffic } from './gateway.ts';
import { NONE_SERVED, type Tallied } from './tally.ts';
import type { WorkerStat } from './workers.ts';

/** What was looked at together, and the time it covers. */
export interface Looked {
  readonly at: number;
  readonly spanMs: number;
  readonly stats: readonly WorkerStat[];
  readonly counts: ReadonlyMap<string, Counts>;
  readonly tallied: Tallied;
  readonly caches: readonly CacheTraffic[];
}

/** Puts counters, the numbers of the moment and sampled latencies together, by service. */
export function summarise(services: readonly string[], looked: Looked): GatewayTraffic {
  const { at, spanMs, stats, counts, tallied, caches } = looked;
  const moments = momentsOf(stats);
  const entries = services.map((service): readonly [string, ServiceTraffic] => {
    const sum = counts.get(backendName(service)) ?? NO_COUNTS;
    const moment = moments.get(service);
    const servers = serversOf(service, moment, counts);
    const inFlight = servers.reduce((sum, server) => sum + server.inFlight, 0);
    const latency = tallied.services.get(service) ?? createHistogram();
    const served = tallied.served.get(service) ?? NONE_SERVED;
    const unplaced = Math.max(0, sum.unplaced);
    const queued = moment?.queued ?? 0;
    return [service, { ...sum, unplaced, inFlight, queued, latency, served, servers }];
  });
  const connections = stats.find(({ current }) => current)?.connections ?? null;
  return {
    at,
    spanMs,
    connections,
    services: Object.fromEntries(entries),
    routes: tallied.routes,
    caches,
  };
}

/** Requests in service at and queued for one replica, all workers together. */
export function requestsAt(service: string, replica: string, stats: readonly WorkerStat[]): number {
  const server = momentsOf(stats).get(service)?.servers.get(replica);
  return server ? server.inFlight + server.queued : 0;
}

/** The replicas of each service, and what was attempted at them. */
export function attemptsAt(
  services: readonly string[],
  stats: readonly WorkerStat[],
  counts: ReadonlyMap<string, Counts>,
): Readonly<Record<string, readonly ServerTraffic[]>> {
  const moments = momentsOf(stats);
  return Object.fromEntries(
    services.map((service) => [service, serversOf(service, moments.get(service), counts)]),
  );
}

// Private

function serversOf(
  service: string,
  moment: Moment | undefined,
  counts: ReadonlyMap<string, Counts>,
): readonly ServerTraffic[] {
  return [...(moment?.servers ?? [])].map(
    ([replica, { inFlight, healthy }]): ServerTraffic => ({
      replica,
      inFlight,
      healthy,
      ...countsOf(counts.get(replicaKey(service, replica)) ?? NO_COUNTS),
    }),
  );
}

function countsOf({ requests, errors }: Counts): Pick<ServerTraffic, 'requests' | 'errors'> {
  return { requests, errors };
}

interface Moment {
  queued: number;
  readonly servers: Map<string, { inFlight: number; queued: number; healthy: boolean }>;
}

/** By service: what is in flight and waiting now. A slot is two servers, one checked and one for when all checks fail. */
function momentsOf(stats: readonly WorkerStat[]): ReadonlyMap<string, Moment> {
  const moments = new Map<string, Moment>();
  for (const { current, slots, lines } of stats) {
    const services = new Map(Object.keys(slots).map((name) => [backendName(name), name]));
    for (const line of lines) {
      const service = services.get(line.backend);
      if (service === undefined) continue;
      let moment = moments.get(service);
      if (!moment) moments.set(service, (moment = { queued: 0, servers: new Map() }));
      moment.queued += line.queued;
      const slot = line.server === null ? null : slotOf(line.server);
      const replica = slot === null ? null : slots[service]?.[slot];
      if (slot === null || !replica) continue;
      let server = moment.servers.get(replica);
      if (!server)
        moment.servers.set(replica, (server = { inFlight: 0, queued: 0, healthy: true }));
      server.inFlight += line.current;
      server.queued += line.queued;
      if (current && line.server === checkedName(slot)) server.healthy = isUp(line.status);
    }
  }
  return moments;
}

/** `UP 1/3` still is; `DRAIN` is up and leaving; without a check nothing says otherwise. */
function isUp(status: string): boolean {
  return /^(UP|DRAIN|no check)/.test(status);
}
