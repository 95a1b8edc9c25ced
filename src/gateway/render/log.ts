import type { GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { LINE_BYTES, RING } from './log-relay.ts';
import { FRONTEND, SAMPLING_MAP, backendName } from './names.ts';
import { argument, word } from './quote.ts';

export const ROUTE_MAP = 'routes.map';

const LOG_ALL = 1000;

/** Where the frontend logs to, and what. */
export function logLines(
  paths: GatewayPaths,
  accessLog: boolean,
  caches: boolean,
): readonly string[] {
  return [
    `log ring@${RING} len ${LINE_BYTES} format raw local0`,
    ...(accessLog ? [`log stdout len ${LINE_BYTES} format raw local0`] : []),
    'option dontlognull',
    'option http-ignore-probes',
    `log-format ${word(`{${fields(paths, accessLog, caches).join(',')}}`)}`,
    `error-log-format ${word(UNREADABLE)}`,
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
 * have no share of their own, carry 1000 and count once.
 */
export function samplingLines(paths: GatewayPaths): readonly string[] {
  const map = argument(`${paths.folder}/${SAMPLING_MAP}`);
  const share = word(`be_name,map_str_int(${map},${LOG_ALL})`);
  return [
    `http-response set-var(txn.permille) ${share} if { status lt 500 }`,
    'http-response set-log-level silent if { rand(1000),sub(txn.permille) ge 0 }',
  ];
}

/** The same for what HAProxy answers itself, in the frontend or a backend: a scanner must not fill the log. */
export function unservedSamplingLines(
  paths: GatewayPaths,
  when: string,
  key = FRONTEND,
): readonly string[] {
  const map = argument(`${paths.folder}/${SAMPLING_MAP}`);
  const share = word(`str(${key}),map_str_int(${map},${LOG_ALL})`);
  return [
    `http-request set-var(txn.permille) ${share} if ${when}`,
    `http-request set-log-level silent if ${when} { rand(1000),sub(txn.permille) ge 0 }`,
  ];
}

/** Whose share of logged requests can be changed; nobody's where an access log takes every request. */
export function sampledKeys({ gateway, services }: GatewayState): ReadonlySet<string> {
  return new Set(gateway.accessLog ? [] : [FRONTEND, ...Object.keys(services).map(backendName)]);
}

export function samplingMap(state: GatewayState): string {
  return [...sampledKeys(state)].map((key) => `${key} ${LOG_ALL}\n`).join('');
}

// Private

/** What cannot be parsed as a request has none of its fields. */
const UNREADABLE =
  '{"at":%Ts%ms,"service":":gateway","route":null,"server":"-","status":0,"denied":"-","tq":-1,"tw":-1,"tc":-1,"tr":-1,"ta":-1,' +
  '"end":"--","retries":"0","bytes":0,"permille":1000,"client":"%ci"}';

/** Names and units are an agreement with the receiver; times in ms, -1 where it did not come so far;
 * `-` is a text that is not there. */
function fields(paths: GatewayPaths, accessLog: boolean, caches: boolean): readonly string[] {
  const routes = argument(`${paths.folder}/${ROUTE_MAP}`);
  return [
    '"at":%Ts%ms',
    '"service":"%b"',
    `"route":%[var(txn.route,0),map_int(${routes},null)]`,
    '"server":"%s"',
    '"status":%ST',
    '"denied":"%[var(txn.denied,-)]"',
    ...(caches ? ['"cache":"%[var(txn.cache,-)]"'] : []),
    '"tq":%Tq',
    '"tw":%Tw',
    '"tc":%Tc',
    '"tr":%Tr',
    '"ta":%Ta',
    '"end":"%ts"',
    '"retries":"%rc"',
    '"bytes":%B',
    accessLog ? `"permille":${LOG_ALL}` : `"permille":%[var(txn.permille,${LOG_ALL})]`,
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
