import type { Denial } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { errorBody } from './error-pages.ts';
import { unservedSamplingLines } from './log.ts';
import { FRONTEND } from './names.ts';

export interface DenialPage {
  readonly denial: Denial;
  readonly status: number;
  /** For people; without quotes. */
  readonly detail: string;
  /** Names and values as HAProxy's `hdr` takes them: a value is a format, one word. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** It is given to all that come so far, marked or not. */
  readonly isLast?: true;
}

/** Of requests that some line before has marked. */
export const DENIED = '{ var(txn.denied) -m found }';

/** The line that marks what meets `when`, to be answered by the lines at the end; `txn.denied` is in the log. */
export function markDenied(denial: Denial, when: string): string {
  return `http-request set-var(txn.denied) str(${denial}) if ${when}`;
}

/**
 * The last rules of the frontend, or of a backend: the answers to what was marked. Whoever renders them lets all others
 * pass by with one `allow` before. Who is refused again and again fills neither the log nor the counters: such lines are
 * sampled like all others. In a backend HAProxy counts the refused as denied, which nothing else there is (`stat.ts`): they
 * are no errors of the service.
 */
export function denialLines(
  pages: readonly DenialPage[],
  paths: GatewayPaths,
  accessLog: boolean,
  backend?: string,
): readonly string[] {
  const action = backend === undefined ? 'return' : 'deny';
  return [
    ...(accessLog ? [] : unservedSamplingLines(paths, DENIED, backend ?? FRONTEND)),
    ...pages.map(({ denial, status, detail, headers = [], isLast }) => {
      const given = headers.map(([name, value]) => ` hdr ${name} ${value}`).join('');
      return `http-request ${action} status ${status} content-type application/problem+json string '${errorBody(status, detail)}' hdr Cache-Control no-store${given}${isLast ? '' : ` if { var(txn.denied) -m str ${denial} }`}`;
    }),
  ];
}
