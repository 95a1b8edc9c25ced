import type { GatewayService } from '../gateway.ts';
import { checkedName, spareName } from './names.ts';

/** What one slot is set to. `maint`: nobody sits there. */
export interface Seat {
  readonly host: string;
  readonly port: number;
  readonly state: 'ready' | 'drain' | 'maint';
}

const EMPTY: Seat = { host: '127.0.0.1', port: 1, state: 'maint' };

/** The seats of one service in the order of its slots. */
export function seatsOf(
  service: GatewayService | undefined,
  slots: readonly (string | null)[],
): readonly Seat[] {
  const byReplica = new Map(service?.servers.map((server) => [server.replica, server]));
  return slots.map((replica) => {
    const server = replica === null ? undefined : byReplica.get(replica);
    if (!server) return EMPTY;
    const { host, port, state } = server;
    return { host, port, state: state === 'ready' ? 'ready' : 'drain' };
  });
}

/** The two server lines of a slot; everything they share stands in `default-server`. */
export function serverLines(seat: Seat, slot: number, sticky: boolean): readonly string[] {
  const cookie = sticky ? ` cookie ${checkedName(slot)}` : '';
  // A weight of 0 is how a configuration says "drain".
  const state = seat.state === 'maint' ? ' disabled' : seat.state === 'drain' ? ' weight 0' : '';
  const at = `${seat.host}:${seat.port}`;
  return [
    `server ${checkedName(slot)} ${at}${cookie}${state}`,
    `server ${spareName(slot)} ${at}${cookie}${state} backup no-check`,
  ];
}
