import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { growingKeySets, mayWaitForKeys } from './identity.ts';
import { LINE_BYTES, RING } from './log-relay.ts';
import { HANDOVER_SOCKET, KEYS_MAP, SLEEP_MAP } from './names.ts';
import { anyAggregate } from './parts.ts';
import { commandWord, word } from './quote.ts';
import { hardStopMs } from './timeouts.ts';

/** The listener for what is handed over, and so the `so_name` of such requests. */
const HANDED_OVER = 'again';

/** Of requests that an earlier worker has handed over. */
export const HANDED_OVER_HERE = `{ so_name -m str ${HANDED_OVER} }`;

/** Whether some service may sleep: only then HAProxy is given the program that holds requests. */
export function anySleeps({ services }: GatewayState): boolean {
  return Object.values(services).some(({ sleep }) => sleep !== null);
}

/** Programs write what they ask for to the log of the process, which nothing else writes to. */
export function demandLogLines(state: GatewayState): readonly string[] {
  return anyHeld(state) ? [`log ring@${RING} len ${LINE_BYTES} format raw local0`] : [];
}

/**
 * A worker that leaves after a reload cannot be given servers or keys any more, so it hands what it holds to the one that
 * takes its place: over a private socket of that one's frontend, with the client's address.
 */
export function handoverServer(paths: GatewayPaths): string {
  return `server again ${socket(paths)} send-proxy-v2 no-check`;
}

/** The backend of those that wait for a key: they have not come to a service yet. The next worker logs them. */
export function elsewhereLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  return [
    `timeout server ${hardStopMs(state)}ms`,
    'http-request set-log-level silent',
    handoverServer(paths),
  ];
}

/** Where the next worker takes what this one hands over. */
export function handoverBindLines(
  state: GatewayState,
  paths: GatewayPaths,
  { dropTo }: GatewayMachine,
): readonly string[] {
  if (!anyHeld(state)) return [];
  const owner = dropTo ? ` user ${word(dropTo.user)} group ${word(dropTo.group)}` : '';
  return [`bind ${socket(paths)} accept-proxy mode 600 name ${HANDED_OVER}${owner}`];
}

/**
 * Who the client of such a request is and how it came, which the earlier worker has said in its name: over the private
 * socket there is no TLS, no proxy to believe, and no address of one who came over another socket of ours, as parts do.
 */
export function handoverClientLines(state: GatewayState): readonly string[] {
  const { tls, trustedProxies } = state.gateway;
  if (!anyHeld(state)) return [];
  const when = `if ${HANDED_OVER_HERE}`;
  return [
    ...(anyAggregate(state.gateway)
      ? [`http-request set-src req.hdr_ip(x-forwarded-for) ${when}`]
      : []),
    ...(tls || trustedProxies.length > 0
      ? [`http-request set-var(txn.scheme) req.fhdr(x-forwarded-proto) ${when}`]
      : []),
  ];
}

/** For a worker that has been replaced: it holds nobody any more. */
export function handoverCommands(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const moved = (map: string, name: string): string =>
    `set map ${commandWord(`${paths.folder}/${map}`)} ${name} moved`;
  return [
    ...Object.entries(state.services).flatMap(([name, { sleep }]) =>
      sleep ? [moved(SLEEP_MAP, name)] : [],
    ),
    ...Object.keys(growingKeySets(state)).map((name) => moved(KEYS_MAP, name)),
  ];
}

// Private

/** Whether requests may be held for what only the next worker has: servers, or keys. */
function anyHeld(state: GatewayState): boolean {
  return anySleeps(state) || mayWaitForKeys(state);
}

function socket(paths: GatewayPaths): string {
  return word(`unix@${paths.runFolder}/${HANDOVER_SOCKET}`);
}
