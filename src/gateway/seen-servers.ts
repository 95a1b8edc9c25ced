import { isDeepStrictEqual } from 'node:util';
import type { GatewayState } from './gateway.ts';
import type { Planned, SlotTable } from './plan.ts';
import { backendName, checkedName, slotOf, spareName } from './render/names.ts';
import { seatsOf, type Seat } from './render/servers.ts';

/** Where the servers of one worker really stand: backend → server → seat. */
export type SeenServers = ReadonlyMap<string, ReadonlyMap<string, Seat>>;

export const SHOW_SERVERS = 'show servers state';

/** Reads the answer to `show servers state`. @throws Error when the columns are not there */
export function parseServers(text: string): SeenServers {
  const lines = text.split('\n');
  const titles =
    lines
      .find((line) => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? [];
  const column = (title: string): number => {
    const position = titles.indexOf(title);
    if (position < 0) throw new Error(`no column ${title} in HAProxy's servers`);
    return position;
  };
  const [backend, server] = [column('be_name'), column('srv_name')];
  const [host, port] = [column('srv_addr'), column('srv_port')];
  const [admin, weight] = [column('srv_admin_state'), column('srv_uweight')];
  const seen = new Map<string, Map<string, Seat>>();
  for (const line of lines) {
    const fields = line.split(' ');
    const name = fields[server] ?? '';
    if (line.startsWith('#') || slotOf(name) === null) continue;
    const of = fields[backend] as string;
    const servers = seen.get(of) ?? new Map<string, Seat>();
    servers.set(name, {
      host: fields[host] as string,
      port: Number(fields[port]),
      state: stateOf(Number(fields[admin]), Number(fields[weight])),
    });
    seen.set(of, servers);
  }
  return seen;
}

/** Whether every server stands where this plan has put it, and there are no others. */
export function standAs(planned: Planned, seen: SeenServers): boolean {
  const services = Object.entries(planned.state.services);
  return (
    seen.size === services.length &&
    services.every(([name, service]) => {
      const servers = seen.get(backendName(name));
      const seats = seatsOf(service, planned.slots[name] ?? []);
      const expected = seats.flatMap((seat, slot) =>
        [checkedName(slot), spareName(slot)].map((server) => [server, seat] as const),
      );
      return (
        servers?.size === expected.length &&
        expected.every(([server, seat]) => isSame(servers.get(server), seat))
      );
    })
  );
}

/** Who sits in which slot, told by the addresses of the replicas of `state`. */
export function slotsSeen(state: GatewayState, seen: SeenServers): SlotTable {
  const tables = [...seen].map(([backend, servers]) => {
    const service = Object.entries(state.services).find(([name]) => backendName(name) === backend);
    const length = [...servers.keys()].reduce((most, name) => Math.max(most, slotAfter(name)), 0);
    const table = Array.from({ length }, (_, slot) => {
      const seat = servers.get(checkedName(slot));
      const sits = service?.[1].servers.find(
        ({ host, port }) =>
          seat && seat.state !== 'maint' && seat.host === host && seat.port === port,
      );
      return sits?.replica ?? null;
    });
    return [service?.[0] ?? backend, table] as const;
  });
  return Object.fromEntries(tables);
}

// Private

/** Bits of `srv_admin_state`. */
const FORCED_MAINT = 0x01;
const FORCED_DRAIN = 0x08;

/** A weight of 0 is how a configuration says "drain". */
function stateOf(admin: number, weight: number): Seat['state'] {
  if ((admin & FORCED_MAINT) !== 0) return 'maint';
  return (admin & FORCED_DRAIN) !== 0 || weight === 0 ? 'drain' : 'ready';
}

/** Where nobody sits the address is whatever it was. */
function isSame(seen: Seat | undefined, seat: Seat): boolean {
  return seat.state === 'maint' ? seen?.state === 'maint' : isDeepStrictEqual(seen, seat);
}

function slotAfter(server: string): number {
  return (slotOf(server) ?? -1) + 1;
}
