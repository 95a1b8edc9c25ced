import type { GatewayService, GatewaySleep, GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { errorBody } from './error-pages.ts';
import { UNCALM } from './circuit.ts';
import { anySleeps, handoverServer } from './handover.ts';
import { HOLD_PROGRAM, SLEEP_MAP } from './names.ts';
import { argument, commandWord, word } from './quote.ts';
import { hardStopMs } from './timeouts.ts';

/** The program and its map, with the states in force, so that a reload and a restart keep them. */
export function sleepFiles(
  state: GatewayState,
  { programs }: Pick<GatewayMachine, 'programs'>,
): Readonly<Record<string, string>> {
  if (!anySleeps(state)) return {};
  return { [SLEEP_MAP]: sleepMap(state), [HOLD_PROGRAM]: programs[HOLD_PROGRAM] ?? '' };
}

export function sleepLoadLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  if (!anySleeps(state)) return [];
  return [`lua-load-per-thread ${word(`${paths.folder}/${HOLD_PROGRAM}`)}`];
}

/**
 * In the backend, so that what is refused counts as an answer of the service; after the limits, so that what would be
 * refused anyway wakes nobody. A client that goes while it waits is no error of the service, nor counts as denied (`stat.ts`).
 */
export function holdLines(
  { spec, sleep }: Pick<GatewayService, 'spec' | 'sleep'>,
  whole: GatewayState,
  paths: GatewayPaths,
): readonly string[] {
  if (!sleep) return [];
  const state = word(`str(${spec.name}),map(${argument(mapPath(paths))},awake)`);
  return [
    `http-request lua.tidegate-hold ${spec.name} ${sleep.holdMs} unless { ${state} -m str awake }${spec.breaker ? ` || ${UNCALM}` : ''}`,
    'http-request return status 400 default-errorfiles if { var(txn.waits) -m found }',
    `http-request return status 503 content-type application/problem+json string '${REFUSED}' hdr Cache-Control no-store hdr Retry-After %[var(txn.refused)] if { var(txn.refused) -m found }`,
    // It may be held and served as long there as anywhere.
    `http-request set-timeout server ${hardStopMs(whole)}ms if { var(txn.moved) -m found }`,
    `use-server again if { var(txn.moved) -m found }`,
  ];
}

/** The way to the next worker, for what is held here; its weight keeps all else away. */
export function handoverServerLines(
  { sleep }: Pick<GatewayService, 'sleep'>,
  paths: GatewayPaths,
): readonly string[] {
  return sleep ? [`${handoverServer(paths)} weight 0 maxconn 0`] : [];
}

/** The runtime commands from one set of states to another: what is to come before servers change, and what after. */
export function sleepCommands(
  before: GatewayState,
  after: GatewayState,
  paths: GatewayPaths,
): { readonly first: readonly string[]; readonly last: readonly string[] } {
  const first: string[] = [];
  const last: string[] = [];
  for (const [name, { sleep }] of Object.entries(after.services)) {
    const was = before.services[name]?.sleep;
    if (!sleep || !was || valueOf(was) === valueOf(sleep)) continue;
    const command = `set map ${commandWord(mapPath(paths))} ${name} ${valueOf(sleep)}`;
    // Nobody is let through to servers that are not there yet, or no longer.
    (sleep.state === 'awake' ? last : first).push(command);
  }
  return { first, last };
}

// Private

const REFUSED = errorBody(503, 'The service is asleep and did not wake up. Try again later.');

function sleepMap({ services }: GatewayState): string {
  return Object.entries(services)
    .map(([name, { sleep }]) => (sleep ? `${name} ${valueOf(sleep)}\n` : ''))
    .join('');
}

function valueOf({ state, retryAfterSeconds }: GatewaySleep): string {
  return state === 'refusing' ? `refusing:${retryAfterSeconds}` : state;
}

function mapPath(paths: GatewayPaths): string {
  return `${paths.folder}/${SLEEP_MAP}`;
}
