import { resolveSpec } from '../../src/spec/resolve.ts';
import type { GatewayState } from '../../src/gateway/gateway.ts';
import {
  AUDIENCE,
  ISSUER,
  PUBLIC_PEM,
  SECRET,
  tokens,
  type BenchAlgorithm,
} from '../support/tokens.ts';
import type { Peer, PeerSite } from './peer.ts';
import { startTidegate, stateOf } from './tidegate.ts';

interface Variant {
  /** Said behind the name. */
  readonly name: string;
  /** As in the configuration; the default is that of the others: none. */
  readonly compression?: boolean;
  /** The default is ours. */
  readonly retries?: number;
}

/**
 * Ours with every policy on: tokens with issuer, audience and scope, a limit for each caller, a breaker, ids, metrics;
 * and below `/open` a cache and a limit by address, for requests without a token.
 */
export function tidegatePolicies(algorithm: BenchAlgorithm, variant: Variant): Peer {
  return {
    name: `Tidegate, ${variant.name}`,
    start: (site) =>
      startTidegate(site, stateFor(site, algorithm, variant), {
        authorization: `Bearer ${tokens(algorithm, 1)[0]}`,
      }),
  };
}

// Private

function stateFor(
  { folder, port, backends }: PeerSite,
  algorithm: BenchAlgorithm,
  { compression = false, retries }: Variant,
): GatewayState {
  const service = {
    command: 'true',
    health: { path: '/health' },
    breaker: { errors: '50%', window: '10s' },
    concurrency: 1000,
    ...(retries === undefined ? {} : { retries }),
  };
  const resolved = resolveSpec(
    {
      gateway: {
        port,
        compression,
        // The keys are given below: nothing is read.
        jwt: {
          main: { algorithms: [algorithm], keys: 'bench', issuer: ISSUER, audience: AUDIENCE },
        },
        routes: [
          { path: '/orders/*', service: 'orders' },
          {
            path: '/api/*',
            service: 'api',
            auth: 'main',
            scopes: ['orders:read'],
            rateLimit: { per: 'claim:sub', requests: 1_000_000, window: '1s' },
          },
          {
            path: '/open/*',
            service: 'api',
            rateLimit: { per: 'ip', requests: 1_000_000, window: '1s' },
            cache: { ttl: '30s' },
          },
          { path: '/*', service: 'orders' },
        ],
      },
      services: { api: service, orders: service },
    },
    { folder, machine: { cores: 2, memoryBytes: 2 ** 32 } },
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  const material =
    algorithm === 'HS256'
      ? { kind: 'secret' as const, base64: Buffer.from(SECRET).toString('base64') }
      : { kind: 'public' as const, pem: PUBLIC_PEM };
  return {
    ...stateOf(resolved.spec, backends),
    keys: {
      main: {
        checkedAtS: 0,
        mayGrow: false,
        keys: [{ keyId: null, algorithms: [algorithm], material }],
      },
    },
  };
}
