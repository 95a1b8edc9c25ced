import type { GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { FRONTEND, LOG_SOCKET, SAMPLING_MAP, backendName } from './names.ts';
import { argument, word } from './quote.ts';

export const ROUTE_MAP = 'routes.map';

const LOG_ALL = 1000;

/** A line that is cut is no JSON; the texts in it are bounded so that none is. */
const LINE_BYTES = 8192;

const RING = 'requests';

/** The ring that hands lines to the control plane. Where nobody listens it overwrites itself and disturbs nothing. */
export function ringLines(paths: GatewayPaths): readonly string[] {
  return [
    'format raw',
    `maxlen ${LINE_BYTES}`,
    'size 1048576',
    'timeout connect 1s',
    'timeout server 10s',
    `server receiver ${word(`unix@${paths.runFolder}/${LOG_SOCKET}`)} log-proto octet-count`,
  ];
}

export const RING_SECTION = `ring ${RING}`;

/** Where the frontend logs to, and what. */
export function logLines(paths: GatewayPaths, accessLog: boolean): readonly string[] {
  return [
    `log ring@${RING} len ${LINE_BYTES} format raw local0`,
    ...(accessLog ? [`log stdout len ${LINE_BYTES} format raw local0`] : []),
    'option dontlognull',
    'option http-ignore-probes',
    `log-format ${word(`{${fields(paths, accessLog).join(',')}}`)}`,
  ];
}

/** Keeps what only the request knows, for the line written after it; nothing unless there is an access log. */
export function captureLines(accessLog: boolean): readonly string[] {
  if (!accessLog) return [];
  return [
    'http-request set-var(txn.host) req.fhdr(host),bytes(0,256),json(utf8s)',
    'http-request set-var(txn.path) path,bytes(0,1024),json(utf8s)',
    'http-request set-var(txn.agent) req.fhdr(user-agent),bytes(0,512),json(utf8s)',
  ];
}

/**
 * Sampling is decided on the response of a server, so that what HAProxy answers itself and every 5xx is logged: those
 * carry 1000 and count once.
 */
export function samplingLines(paths: GatewayPaths): readonly string[] {
  const map = argument(`${paths.folder}/${SAMPLING_MAP}`);
  const share = word(`be_name,map_str_int(${map},${LOG_ALL})`);
  return [
    `http-response set-var(txn.permille) ${share} if { status lt 500 }`,
    'http-response set-log-level silent if { rand(1000),sub(txn.permille) ge 0 }',
  ];
}

/** The same for requests that no route takes: a scanner must not fill the log. */
export function missSamplingLines(paths: GatewayPaths, when: string): readonly string[] {
  const map = argument(`${paths.folder}/${SAMPLING_MAP}`);
  const share = word(`str(${FRONTEND}),map_str_int(${map},${LOG_ALL})`);
  return [
    `http-request set-var(txn.permille) ${share} if ${when}`,
    `http-request set-log-level silent if ${when} { rand(1000),sub(txn.permille) ge 0 }`,
  ];
}

export function samplingMap(state: GatewayState): string {
  const keys = [FRONTEND, ...Object.keys(state.services).map(backendName)];
  return keys.map((key) => `${key} ${LOG_ALL}\n`).join('');
}

// Private

/** Names and units are an agreement with the receiver; times in ms, -1 where it did not come so far;
 * `-` is a text that is not there. */
function fields(paths: GatewayPaths, accessLog: boolean): readonly string[] {
  const routes = argument(`${paths.folder}/${ROUTE_MAP}`);
  return [
    '"at":%Ts%ms',
    '"service":"%b"',
    `"route":"%[var(txn.route),map_int(${routes},-)]"`,
    '"server":"%s"',
    '"status":%ST',
    '"tq":%Tq',
    '"tw":%Tw',
    '"tc":%Tc',
    '"tr":%Tr',
    '"ta":%Ta',
    '"end":"%ts"',
    '"retries":"%rc"',
    '"bytes":%B',
    accessLog ? `"permille":${LOG_ALL}` : '"permille":%[var(txn.permille)]',
    ...(accessLog
      ? [
          '"id":"%[var(txn.id)]"',
          '"client":"%ci"',
          '"method":"%HM"',
          '"host":"%[var(txn.host)]"',
          '"path":"%[var(txn.path)]"',
          '"agent":"%[var(txn.agent)]"',
        ]
      : []),
  ];
}
