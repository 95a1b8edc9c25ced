import type { GatewayService, GatewayState } from '../gateway.ts';
import type { GatewayPaths, SlotTable } from '../plan.ts';
import { markDenied, type DenialPage } from './denial.ts';
import { mapText } from './live-maps.ts';
import { CIRCUITS_MAP, TRIALS, checkedName, cookieName } from './names.ts';
import { argument, word } from './quote.ts';

/**
 * `circuits.map`, by service: `calm`, or what its requests are up against: `open.SERVICE.0.UNTIL`,
 * `half.SERVICE.NUMBER.UNTIL`, `seat.SERVICE.NUMBER.SERVER`, where UNTIL is in seconds since the epoch. Where cookies name
 * servers, by server, too: whether it is out.
 */
export function circuitFiles(
  state: GatewayState,
  slots: SlotTable,
): Readonly<Record<string, string>> {
  if (!anyBreaker(state)) return {};
  const entries = Object.entries(state.services).flatMap(([name, service]) => {
    if (!service.spec.breaker) return [];
    const own = slots[name] ?? [];
    const seats = service.spec.sticky ? own.map((_, slot) => seatEntry(service, own, slot)) : [];
    return [[name, circuitValue(service, own)] as const, ...seats];
  });
  return { [CIRCUITS_MAP]: mapText(Object.fromEntries(entries)) };
}

/** Where it is counted that a number was used: a request that finds 1 after counting is the one that may pass. */
export function trialSections(
  state: GatewayState,
): readonly (readonly [title: string, lines: readonly string[]])[] {
  if (!anyBreaker(state)) return [];
  return [[`backend ${TRIALS}`, ['stick-table type string len 96 size 10k expire 1m store gpc0']]];
}

/** Of requests whose circuit is not calm. */
export const UNCALM = '{ var(txn.circuit) -m found }';

/** The line that looks how the circuit is; while all is calm it is the only one that a request meets. */
export function circuitLookLines(
  { spec }: Pick<GatewayService, 'spec'>,
  paths: GatewayPaths,
): readonly string[] {
  if (!spec.breaker) return [];
  const state = word(`str(${spec.name}),map(${mapArgument(paths)},calm)`);
  return [`http-request set-var(txn.circuit) ${state} unless { ${state} -m str calm }`];
}

/**
 * The lines that mark what is to be refused while the circuit is open, and pick the one request of a trial. What is open
 * ends by the clock, also when nobody is left to say so. Where the stick counter was taken by a token that is seen for the
 * first time, a later request is the one.
 */
export function circuitLines({ spec }: Pick<GatewayService, 'spec'>): readonly string[] {
  if (!spec.breaker) return [];
  const kind = 'var(txn.circuit) -m beg';
  return [
    `http-request set-var(txn.eligible) bool(1) if { ${kind} half. seat. } !{ sc2_tracked }`,
    `http-request track-sc2 var(txn.circuit),field(1,.,3) table ${TRIALS} if { var(txn.eligible) -m found }`,
    `http-request set-var(txn.turn) sc2_inc_gpc0(${TRIALS}) if { var(txn.eligible) -m found }`,
    `http-request set-var(txn.until) var(txn.circuit),field(4,.),add(0) if { ${kind} open. half. } !{ var(txn.turn) -m int 1 }`,
    'http-request set-var(txn.wait) date,sub(txn.until),neg if { var(txn.until) -m found }',
    markDenied('circuit', `{ var(txn.wait) -m int 1:${LONGEST_WAIT_S} }`),
    `use-server %[var(txn.circuit),field(4,.)] if { ${kind} seat. } { var(txn.turn) -m int 1 }`,
  ];
}

/** The answer to what `circuitLines` marks. */
export function circuitPages({ spec }: Pick<GatewayService, 'spec'>): readonly DenialPage[] {
  if (!spec.breaker) return [];
  return [
    {
      denial: 'circuit',
      status: 503,
      detail: 'The service fails too often and is given a moment. Try again later.',
      headers: [['Retry-After', '%[var(txn.wait)]']],
    },
  ];
}

/** A client whose cookie names a replica that is out goes elsewhere; one that only leaves keeps its clients. */
export function outOfPlaceLines(
  { spec }: Pick<GatewayService, 'spec'>,
  slots: number,
  paths: GatewayPaths,
): readonly string[] {
  if (!spec.breaker || !spec.sticky) return [];
  return Array.from({ length: slots }, (_, slot) => {
    const server = checkedName(slot);
    const out = word(`str(${spec.name}.${server}),map(${mapArgument(paths)},in)`);
    return `ignore-persist if { req.cook(${cookieName(spec.name)}) -m str ${server} } { ${out} -m str out }`;
  });
}

/** What keeps conditions that control made up from reaching HAProxy. */
export function circuitRefusals({ services }: GatewayState): readonly string[] {
  return Object.entries(services).flatMap(([name, { circuit, trial }]) => {
    const numbers = {
      'circuit.until': circuit.kind === 'closed' ? 0 : circuit.untilS,
      'circuit.number': circuit.kind === 'trial' ? circuit.number : 0,
      'trial.number': trial?.number ?? 0,
    };
    return Object.entries(numbers).flatMap(([key, value]) =>
      Number.isSafeInteger(value) && value >= 0
        ? []
        : [`services.${JSON.stringify(name)}.${key}: ${value} must be a whole number`],
    );
  });
}

// Private

/** No circuit is told to be open for as long (`control/breaker/circuit.ts`): where it seems so, the clock was set back. */
const LONGEST_WAIT_S = 120;

/** Whether HAProxy has to count who is on trial. */
function anyBreaker({ services }: GatewayState): boolean {
  return Object.values(services).some(({ spec }) => spec.breaker !== null);
}

function circuitValue(
  { spec, circuit, trial }: GatewayService,
  slots: readonly (string | null)[],
): string {
  if (circuit.kind === 'open') return `open.${spec.name}.0.${circuit.untilS}`;
  if (circuit.kind === 'trial') return `half.${spec.name}.${circuit.number}.${circuit.untilS}`;
  const slot = trial ? slots.indexOf(trial.replica) : -1;
  return slot < 0 ? 'calm' : `seat.${spec.name}.${trial?.number}.${checkedName(slot)}`;
}

function seatEntry(
  { spec, servers }: GatewayService,
  slots: readonly (string | null)[],
  slot: number,
): readonly [key: string, value: string] {
  const isOut = servers.some(
    ({ replica, state }) => state === 'ejected' && replica === slots[slot],
  );
  return [`${spec.name}.${checkedName(slot)}`, isOut ? 'out' : 'in'];
}

function mapArgument(paths: GatewayPaths): string {
  return argument(`${paths.folder}/${CIRCUITS_MAP}`);
}
