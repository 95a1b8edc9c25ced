import type { GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { chunks } from './chunks.ts';
import { errorBody } from './error-pages.ts';
import { HANDED_OVER_HERE } from './handover.ts';
import { unservedSamplingLines } from './log.ts';
import { word } from './quote.ts';

/**
 * Routes that only this machine may use. All others get 403, before anything else is asked of them or their body is read.
 * Who came through a proxy is never taken for this machine: what it says of its client may be what the client said, and an
 * address of loopback would be the proxy's own. Nor are pages of other sites that a browser on this machine shows, which give
 * themselves away by `Origin`, or by `Host` where their name was made to lead here. All this is looked at as it was sent.
 */
export function loopbackLines(
  { gateway }: Pick<GatewayState, 'gateway'>,
  paths: GatewayPaths,
): readonly string[] {
  const routes = gateway.routes.flatMap(({ from }, index) =>
    from === 'loopback' ? [String(index + 1)] : [],
  );
  if (routes.length === 0) return [];
  return [
    ...chunks(routes).map((some) => `acl loopback-only var(txn.route) -m int ${some.join(' ')}`),
    `acl from-here src -m reg -- ${word(HERE)}`,
    `acl by-proxy req.hdr_names -m reg -- ${word(FORWARDED)}`,
    `acl by-own-name req.fhdr(host) -m reg -i -- ${word(`^${OWN_NAME}$`)}`,
    'acl by-page req.fhdr(origin) -m found',
    `acl by-own-page req.fhdr(origin) -m reg -i -- ${word(`^https?://${OWN_NAME}$`)}`,
    // Only for the log: the answer asks again.
    `http-request set-var(txn.denied) str(forbidden) if ${AFAR}`,
    ...(gateway.accessLog
      ? []
      : unservedSamplingLines(paths, 'loopback-only { var(txn.denied) -m found }')),
    `http-request return status 403 content-type application/problem+json string '${REFUSED}' hdr Cache-Control no-store if ${AFAR}`,
  ];
}

// Private

/** As text: compared as an address, some of IPv6 that only contain one of loopback would pass (`2002:7f00:1::`). */
const HERE = String.raw`^(?:::ffff:)?127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$|^::1$`;

const FORWARDED = '(^|,)(x[-_]forwarded[a-z_-]*|x[-_]real[-_]ip|forwarded|via)(,|$)';

const OWN_NAME = String.raw`(?:localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\])(?::[0-9]+)?`;

/** What an earlier worker hands over carries headers of ours, and has been asked there. */
const AFAR = ['!from-here', `by-proxy !${HANDED_OVER_HERE}`, '!by-own-name', 'by-page !by-own-page']
  .map((each) => `loopback-only ${each}`)
  .join(' || ');

const REFUSED = errorBody(
  403,
  'Only programs on this machine may use this. Set tasks.auth in the configuration to let others in.',
);
