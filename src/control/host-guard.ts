import type { HostState } from '../policy/decision.ts';
import type { HostReading } from '../engine/engine.ts';
import type { HostSpec } from '../spec/spec.ts';

/** Replicas of one service as the guard counts them. */
export interface Footprint {
  readonly replicas: number;
  /** Those of them that were measured: what they take is missing from the machine's free memory already. */
  readonly measured: number;
  /** Resident memory of its largest replica; null before the first measurement. */
  readonly replicaBytes: number | null;
  /** What the user says a replica may take; used where nothing was measured yet. */
  readonly limitBytes: number | null;
}

/** All cores this busy is worth saying beside a decision: more replicas will not make the machine faster. */
const SATURATED = 0.95;

/** A replica nobody has measured and nobody has bounded is assumed to take this much. */
const UNKNOWN_REPLICA_BYTES = 64 * 2 ** 20;

/**
 * How many replicas more one service may have now: what all services together leave of `host.maxReplicas`, and of the
 * machine's memory above `host.minFreeMemory`. Without a host reading only the count bounds.
 */
export function hostRoom(
  spec: HostSpec,
  reading: HostReading | null,
  all: readonly Footprint[],
  own: Footprint,
): HostState {
  const running = all.reduce((sum, { replicas }) => sum + replicas, 0);
  const byCount = Math.max(0, spec.maxReplicas - running);
  const byMemory = reading ? memoryRoom(spec, reading, all, own) : Infinity;
  return {
    room: Math.min(byCount, byMemory),
    bound: byMemory < byCount ? 'memory' : 'replicas',
    cpuSaturated: (reading?.cpu ?? 0) >= SATURATED,
  };
}

// Private

/** Free memory is told as of now: what replicas that were only just decided will take is not in it yet. */
function memoryRoom(
  spec: HostSpec,
  reading: HostReading,
  all: readonly Footprint[],
  own: Footprint,
): number {
  const promisedBytes = all.reduce(
    (sum, each) => sum + Math.max(0, each.replicas - each.measured) * bytesOf(each),
    0,
  );
  const wantedFreeBytes = spec.minFreeMemory * reading.memoryBytes;
  const spareBytes = reading.freeMemoryBytes - wantedFreeBytes - promisedBytes;
  return Math.max(0, Math.floor(spareBytes / Math.max(bytesOf(own), 1)));
}

function bytesOf({ replicaBytes, limitBytes }: Footprint): number {
  return replicaBytes ?? limitBytes ?? UNKNOWN_REPLICA_BYTES;
}
