import type { GatewayState } from '../gateway.ts';
import type { SlotTable } from '../plan.ts';

/**
 * Seats every replica: those that were seated stay where they are, newcomers take the lowest free slot. A table never
 * shrinks while HAProxy runs (that would be a reload for nothing) and grows when there are more replicas than slots.
 */
export function assignSlots(previous: SlotTable, state: GatewayState): SlotTable {
  const entries = Object.entries(state.services).map(([name, service]) => {
    const before = Object.hasOwn(previous, name) ? (previous[name] ?? []) : [];
    const replicas = service.servers.map((server) => server.replica);
    return [name, seat(before, replicas, service.slots)] as const;
  });
  return Object.fromEntries(entries);
}

// Private

function seat(
  before: readonly (string | null)[],
  replicas: readonly string[],
  wanted: number,
): readonly (string | null)[] {
  const living = new Set(replicas);
  const length = Math.max(before.length, wanted, living.size, 1);
  const table: (string | null)[] = Array.from({ length }, (_, slot) => {
    const replica = before[slot] ?? null;
    return replica !== null && living.delete(replica) ? replica : null;
  });
  for (const replica of living) table[table.indexOf(null)] = replica;
  return table;
}
