import type { Seat } from './servers.ts';
import { checkedName, spareName } from './names.ts';

/**
 * The runtime commands that turn the seats of a backend into others. First what comes, then what drains, then what
 * leaves, so that there is no moment with nobody; a server is never ready before its address and weight are set.
 */
export function seatCommands(
  backend: string,
  before: readonly Seat[],
  after: readonly Seat[],
): readonly string[] {
  const commands = { ready: [] as string[], drain: [] as string[], maint: [] as string[] };
  after.forEach((seat, slot) => {
    const was = before[slot];
    if (was && sameSeat(was, seat)) return;
    for (const server of [checkedName(slot), spareName(slot)]) {
      commands[seat.state].push(...serverCommands(`${backend}/${server}`, was, seat));
    }
  });
  return [...commands.ready, ...commands.drain, ...commands.maint];
}

// Private

function serverCommands(server: string, was: Seat | undefined, seat: Seat): readonly string[] {
  const set = `set server ${server}`;
  if (seat.state === 'maint') return [`${set} state maint`];
  const moved = was?.state === 'maint' || was?.host !== seat.host || was.port !== seat.port;
  if (!moved && seat.state === 'drain') return [`${set} state drain`];
  return [
    // Whoever sat here is let go first, or its connections would be taken for the newcomer's.
    ...(moved && was?.state !== 'maint' ? [`${set} state maint`] : []),
    ...(moved ? [`${set} addr ${seat.host} port ${seat.port}`] : []),
    // A configuration written while the slot drained carries weight 0.
    `${set} weight 100`,
    `${set} state ${seat.state}`,
  ];
}

function sameSeat(a: Seat, b: Seat): boolean {
  return a.state === b.state && a.host === b.host && a.port === b.port;
}
