import { SECOND } from '../kit/clock.ts';
import { humanBytes } from '../kit/bytes.ts';
import { humanDuration } from '../kit/duration.ts';
import type { ServerTraffic } from '../gateway/gateway.ts';
import type { ReplicaUsage } from '../signals/sample.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { Replica } from './roster.ts';

/** How long a replica may be above `resources.memory` before it is replaced. */
const OVER_MEMORY_MS = 10 * SECOND;

/** What was just seen of one replica; null where the source was silent. */
export interface Observation {
  readonly server: ServerTraffic | null;
  readonly usage: ReplicaUsage | null;
}

/** It began to fail its checks, it passes them again, or it is to be replaced. */
export type HealthNews = 'failing' | 'recovered' | 'condemned';

/**
 * Notes since when a ready replica fails its checks or is above its memory, and condemns it (start-first replacement)
 * when that has lasted: a busy replica is not killed for being busy. Silence changes nothing. Returns what is new about
 * it: at most one thing, null mostly.
 */
export function observe(
  replica: Replica,
  service: Pick<ServiceSpec, 'health' | 'resources'>,
  { server, usage }: Observation,
  now: number,
): HealthNews | null {
  if (replica.state !== 'ready') return null;
  const failedSince = replica.unhealthySince;
  if (server) replica.unhealthySince = server.healthy ? null : since(replica.unhealthySince, now);
  if (usage) {
    const over = usage.memoryBytes > (service.resources.memoryBytes ?? Infinity);
    replica.overMemorySince = over ? since(replica.overMemorySince, now) : null;
  }
  if (replica.condemned !== null) return null;
  replica.condemned = sentence(replica, service, usage, now);
  if (replica.condemned !== null) return 'condemned';
  if ((failedSince === null) === (replica.unhealthySince === null)) return null;
  return failedSince === null ? 'failing' : 'recovered';
}

// Private

/** A clock that was set back begins the wait anew instead of stretching it. */
function since(before: number | null, now: number): number {
  return Math.min(before ?? now, now);
}

function sentence(
  replica: Replica,
  { health, resources }: Pick<ServiceSpec, 'health' | 'resources'>,
  usage: ReplicaUsage | null,
  now: number,
): string | null {
  const { unhealthySince, overMemorySince } = replica;
  if (unhealthySince !== null && now - unhealthySince >= health.replaceAfterMs) {
    return `failed its health checks for ${humanDuration(now - unhealthySince)}`;
  }
  if (overMemorySince !== null && now - overMemorySince >= OVER_MEMORY_MS) {
    const used = usage ? `${humanBytes(usage.memoryBytes)}, ` : '';
    return `above its memory (${used}allowed ${humanBytes(resources.memoryBytes ?? 0)}) for ${humanDuration(now - overMemorySince)}`;
  }
  return null;
}
