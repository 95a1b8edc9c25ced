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
  /** The backend it is given in, whose share of requests is logged; without it the frontend. */
  readonly backend?: string;
  /** No error of the service's: HAProxy counts it as denied, which nothing else in a backend is (`stat.ts`). */
  readonly uncounted?: true;
}

/**
 * The lines that answer a request which an earlier line has marked with `markDenied`. Who is refused
 * again and again fills neither the log nor the counters: such lines are sampled like all others.
 */
export function denialLines(
  page: DenialPage,
  paths: GatewayPaths,
  accessLog: boolean,
): readonly string[] {
  const { denial, status, detail, headers = [], backend = FRONTEND, uncounted } = page;
  const action = uncounted ? 'deny' : 'return';
  const when = `{ var(txn.denied) -m str ${denial} }`;
  const given = headers.map(([name, value]) => ` hdr ${name} ${value}`).join('');
  return [
    ...(accessLog ? [] : unservedSamplingLines(paths, when, backend)),
    `http-request ${action} status ${status} content-type application/problem+json string '${errorBody(status, detail)}' hdr Cache-Control no-store${given} if ${when}`,
  ];
}

/** The line that refuses what meets `when`; `txn.denied` is in the log. */
export function markDenied(denial: Denial, when: string): string {
  return `http-request set-var(txn.denied) str(${denial}) if ${when}`;
}
