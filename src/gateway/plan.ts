import type { GatewayState } from './gateway.ts';
import { seatCommands } from './render/commands.ts';
import { liveMapCommands } from './render/live-maps.ts';
import { backendName } from './render/names.ts';
import { reloadReasons } from './render/reasons.ts';
import { refusals } from './render/refusals.ts';
import { render, skeleton } from './render/render.ts';
import { seatsOf } from './render/servers.ts';
import { sleepCommands } from './render/sleep.ts';
import { assignSlots } from './render/slots.ts';
import { certificateCommands } from './render/tls.ts';

/** Where the rendered configuration finds its files and sockets; all absolute. */
export interface GatewayPaths {
  /** Rendered files: `haproxy.cfg` and what it reads beside. */
  readonly folder: string;
  /** Sockets: short enough for the kernel's 108 bytes. */
  readonly runFolder: string;
}

/** What the machine allows, found out once at start. */
export interface GatewayMachine {
  readonly threads: number;
  readonly maxConnections: number;
  /** Whom HAProxy becomes after it has bound its ports; null when it was not started as root. */
  readonly dropTo: { readonly user: string; readonly group: string } | null;
  /** Whether this HAProxy was built with Lua, which holding requests and reading tokens need. */
  readonly lua: boolean;
  /** The programs for it, by the name of their file; given to HAProxy where they are needed. */
  readonly programs: Readonly<Record<string, string>>;
}

export interface Rendered {
  /** The text of `haproxy.cfg`; always carries the servers as they are now. */
  readonly config: string;
  /** What the configuration reads beside itself, maps and a Lua program: file name in the folder → text. */
  readonly maps: Readonly<Record<string, string>>;
}

/** Service → one entry a slot: the replica that sits in it, or null. Replicas keep their slot while they live. */
export type SlotTable = Readonly<Record<string, readonly (string | null)[]>>;

/** A state that has been carried out, the base of the next plan; plain JSON. */
export interface Planned {
  readonly state: GatewayState;
  readonly slots: SlotTable;
  readonly rendered: Rendered;
}

export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'runtime'; readonly commands: readonly string[]; readonly next: Planned }
  | { readonly kind: 'reload'; readonly reasons: readonly string[]; readonly next: Planned }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * From what runs to what should run. Pure; `previous` is null when nothing runs, and `seated` then tells who sat where
 * before: the cookies of sticky clients name slots.
 */
export function plan(
  previous: Planned | null,
  next: GatewayState,
  paths: GatewayPaths,
  machine: GatewayMachine,
  seated: SlotTable = previous?.slots ?? {},
): Plan {
  const problems = refusals(next, paths, machine);
  if (problems.length > 0) return { kind: 'refused', problems };
  const slots = assignSlots(seated, next);
  const planned: Planned = { state: next, slots, rendered: render(next, slots, paths, machine) };

  if (previous === null || skeleton(previous.rendered) !== skeleton(planned.rendered)) {
    return { kind: 'reload', reasons: reloadReasons(previous, planned), next: planned };
  }
  const sleep = sleepCommands(previous.state, next, paths);
  const seats = Object.entries(next.services).flatMap(([name, service]) =>
    seatCommands(
      backendName(name),
      seatsOf(previous.state.services[name], previous.slots[name] ?? []),
      seatsOf(service, slots[name] ?? []),
    ),
  );
  const maps = liveMapCommands(previous.rendered, planned.rendered, paths);
  const certificate = certificateCommands(previous.rendered, planned.rendered, paths);
  const commands = [...sleep.first, ...seats, ...maps, ...sleep.last, ...certificate];
  return commands.length === 0 ? { kind: 'nothing' } : { kind: 'runtime', commands, next: planned };
}
