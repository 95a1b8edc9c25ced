import type { CorsSpec, GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import type { GatewayPaths } from '../plan.ts';
import { chunks } from './chunks.ts';
import { unservedSamplingLines } from './log.ts';
import { word } from './quote.ts';
import { ifRoute } from './routes.ts';

/** A browser asks whether a page of another site may send a request (Fetch, 4.8), and the route has `cors`. */
const ASKED = '{ var(txn.asked) -m found }';

/** The method that a preflight asks about; null: it is none. `headers` by names in small letters. */
export function preflightMethod(
  method: string,
  headers: ReadonlyMap<string, string>,
): string | null {
  const asked = headers.get('access-control-request-method') ?? '';
  return method === 'OPTIONS' && headers.has('origin') && ASKABLE.test(asked) ? asked : null;
}

/**
 * Keeps what method a preflight asks for, before the route is chosen: it belongs to the route of the request that it asks
 * about. Such a request reaches no service where the route has `cors`.
 */
export function preflightLines(routes: readonly RouteSpec[]): readonly string[] {
  if (!routes.some(({ cors }) => cors)) return [];
  return [
    `http-request set-var(txn.preflight) ${METHOD} if METH_OPTIONS { ${ORIGIN} -m found } { ${METHOD} -m reg -- ${word(ASKABLE.source)} }`,
  ];
}

/**
 * Answers preflights, before anybody is asked for a token or counted. An origin that may not call gets an answer that
 * allows nothing. Of other requests only the origin is kept, for the answer.
 */
export function corsRequestLines(
  { routes, accessLog }: GatewaySpec,
  paths: GatewayPaths,
): readonly string[] {
  const policies = policiesOf(routes);
  if (policies.length === 0) return [];
  const every = policies.flatMap(({ numbers }) => numbers);
  return [
    ...policies.flatMap(({ cors, numbers }, index) => {
      if (cors.origins.includes('*'))
        return ifRoute('http-request set-var(txn.origin) str(*)', numbers);
      const acl = `acl cors${index + 1}-origin ${ORIGIN} -m str --`;
      return [
        ...chunks(cors.origins).map((some) => `${acl} ${some.map(word).join(' ')}`),
        ...ifRoute(
          `http-request set-var(txn.origin) ${ORIGIN}`,
          numbers,
          ` cors${index + 1}-origin`,
        ),
      ];
    }),
    ...ifRoute(
      'http-request set-var(txn.asked) bool(1)',
      every,
      ' { var(txn.preflight) -m found }',
    ),
    ...(accessLog ? [] : unservedSamplingLines(paths, ASKED)),
    ...policies.flatMap(({ cors, methods, numbers }) =>
      ifRoute(
        `http-request return status 204${allowed(cors, methods)}`,
        numbers,
        ` ${ASKED} { var(txn.origin) -m found }${cors.headers.length > 0 ? '' : ` ${PLAIN_ASKED}`}`,
      ),
    ),
    `http-request return status 204 if ${ASKED}`,
  ];
}

/** On every answer of these routes, the gateway's own included; what the service says of it counts for nothing. */
export function corsResponseLines({ routes }: GatewaySpec): readonly string[] {
  const policies = policiesOf(routes);
  const numbersOf = (wanted: (cors: CorsSpec) => boolean): readonly number[] =>
    policies.flatMap(({ cors, numbers }) => (wanted(cors) ? numbers : []));
  if (policies.length === 0) return [];
  return [
    ...ifRoute(
      'http-after-response del-header access-control- -m beg',
      numbersOf(() => true),
      ` !${ASKED}`,
    ),
    'http-after-response set-header access-control-allow-origin %[var(txn.origin)] if { var(txn.origin) -m found }',
    ...ifRoute(
      'http-after-response set-header access-control-allow-credentials true',
      numbersOf(({ credentials }) => credentials),
      ' { var(txn.origin) -m found }',
    ),
    // A cache on the way must not give one origin's answer to another.
    ...ifRoute(
      'http-after-response add-header vary Origin',
      numbersOf(({ origins }) => !origins.includes('*')),
      ' !{ res.hdr(vary) -m str -i origin }',
    ),
  ];
}

// Private

/** The first line of either: a condition on all of them would be met by one, and another repeated in the answer. */
const ORIGIN = 'req.fhdr(origin,1)';
const METHOD = 'req.fhdr(access-control-request-method,1)';

const ASKABLE = /^[A-Za-z-]{1,20}$/;

interface Policy {
  readonly cors: CorsSpec;
  /** Empty: what is asked for. */
  readonly methods: readonly string[];
  readonly numbers: readonly number[];
}

/** What is asked for is repeated only if it is a list of plain names. */
const PLAIN_ASKED = "!{ req.fhdr(access-control-request-headers) -m reg -- '[^A-Za-z0-9_, -]' }";

/** Routes of the same rules share their lines. */
function policiesOf(routes: readonly RouteSpec[]): readonly Policy[] {
  const policies = new Map<string, Policy>();
  for (const [index, { cors, methods: own }] of routes.entries()) {
    if (!cors) continue;
    const methods = cors.methods.length > 0 ? cors.methods : own;
    const key = JSON.stringify([cors, methods]);
    const numbers = [...(policies.get(key)?.numbers ?? []), index + 1];
    policies.set(key, { cors, methods, numbers });
  }
  return [...policies.values()];
}

function allowed({ headers, maxAgeMs }: CorsSpec, methods: readonly string[]): string {
  const these = methods.length > 0 ? word(methods.join(', ')) : '%[var(txn.preflight)]';
  const those =
    headers.length > 0 ? word(headers.join(', ')) : '%[req.fhdr(access-control-request-headers)]';
  return ` hdr access-control-allow-methods ${these} hdr access-control-allow-headers ${those} hdr access-control-max-age ${Math.floor(maxAgeMs / 1000)}`;
}
