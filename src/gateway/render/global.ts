import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { errorPageLines } from './error-pages.ts';
import { gonePresetLines } from './gone-clients.ts';
import { demandLogLines } from './handover.ts';
import { identityLoadLines } from './identity.ts';
import { RUNTIME_SOCKET } from './names.ts';
import { word } from './quote.ts';
import { sleepLoadLines } from './sleep.ts';
import { spellingLoadLines } from './spelling.ts';
import {
  CLIENT_MS,
  CONNECT_MS,
  KEEP_ALIVE_MS,
  REQUEST_HEAD_MS,
  TUNNEL_MS,
  hardStopMs,
} from './timeouts.ts';

export function globalLines(
  state: GatewayState,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly string[] {
  const { dropTo } = machine;
  return [
    // Where descriptors are capped HAProxy would refuse to start; it serves with what it gets instead.
    'no strict-limits',
    `maxconn ${machine.maxConnections}`,
    `nbthread ${machine.threads}`,
    // It remembers what a pattern matched, which costs more than matching where no address comes twice.
    'tune.pattern.cache-size 0',
    `hard-stop-after ${hardStopMs(state)}ms`,
    ...(dropTo ? [`user ${word(dropTo.user)}`, `group ${word(dropTo.group)}`] : []),
    `stats socket ${word(`${paths.runFolder}/${RUNTIME_SOCKET}`)} mode 600 level admin expose-fd listeners`,
    'stats timeout 1m',
    ...demandLogLines(state),
    ...sleepLoadLines(state, paths),
    ...identityLoadLines(state, paths),
    ...spellingLoadLines(state.gateway, paths, machine),
  ];
}

export function defaultsLines(state: GatewayState, machine: GatewayMachine): readonly string[] {
  return [
    'mode http',
    `maxconn ${machine.maxConnections}`,
    `timeout client ${CLIENT_MS}ms`,
    `timeout connect ${CONNECT_MS}ms`,
    `timeout http-request ${REQUEST_HEAD_MS}ms`,
    `timeout http-keep-alive ${KEEP_ALIVE_MS}ms`,
    `timeout tunnel ${TUNNEL_MS}ms`,
    'timeout client-fin 30s',
    'timeout server-fin 30s',
    // A reload closes a connection with its next response, never between two requests.
    'option idle-close-on-response',
    'http-reuse safe',
    ...gonePresetLines(state),
    ...errorPageLines(),
  ];
}
