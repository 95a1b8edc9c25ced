import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { LOG_SOCKET, RELAY, RELAY_SOCKET } from './names.ts';
import { word } from './quote.ts';

/** A line that is cut is no JSON; the texts in it are bounded so that none is. */
export const LINE_BYTES = 8192;

export const RING = 'requests';

/** Sections by title. */
type Sections = readonly (readonly [title: string, lines: readonly string[]])[];

/**
 * How log lines get to the control plane: ring → relay → its socket. A ring alone tries a socket where nobody listens
 * again and again without a pause (8,000 times a second were seen with HAProxy 2.6, at the cost of the traffic). The
 * relay takes the ring's connection, knows from a check a second whether somebody listens, and lets it go on or, after a
 * second, go. Lines written while nobody listens are lost.
 */
export function logRelaySections(paths: GatewayPaths, machine: GatewayMachine): Sections {
  const relay = word(`unix@${paths.runFolder}/${RELAY_SOCKET}`);
  const receiver = word(`unix@${paths.runFolder}/${LOG_SOCKET}`);
  const { dropTo } = machine;
  const owner = dropTo ? ` user ${word(dropTo.user)} group ${word(dropTo.group)}` : '';
  return [
    [
      `ring ${RING}`,
      [
        'format raw',
        `maxlen ${LINE_BYTES}`,
        'size 1048576',
        'timeout connect 1s',
        'timeout server 1h',
        `server relay ${relay} log-proto octet-count`,
      ],
    ],
    [
      `frontend ${RELAY}`,
      [
        'mode tcp',
        `bind ${relay} mode 600${owner}`,
        'timeout client 1h',
        'tcp-request inspect-delay 1s',
        `tcp-request content accept if { nbsrv(${RELAY}) gt 0 }`,
        'tcp-request content reject if WAIT_END',
        `default_backend ${RELAY}`,
      ],
    ],
    [
      `backend ${RELAY}`,
      [
        'mode tcp',
        // A refused unix socket is tried again without a pause; the check decides when instead.
        'retries 0',
        'timeout connect 1s',
        'timeout server 1h',
        'timeout check 1s',
        `server receiver ${receiver} check inter 1s fall 1 rise 1 observe layer4 error-limit 1 on-error mark-down`,
      ],
    ],
  ];
}
