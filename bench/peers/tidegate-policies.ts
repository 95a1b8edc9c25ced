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

/** Ours with every policy on: tokens with issuer, audience and scope, a limit for each caller, a cache, a breaker. */
export function tidegatePolicies(algorithm: BenchAlgorithm): Peer {
  return {
    name: `Tidegate, ${algorithm}`,
    start: (site) =>
      startTidegate(site, stateFor(site, algorithm), {
        authorization: `Bearer ${tokens(algorithm, 1)[0]}`,
      }),
  };
}

// Private

function stateFor({ folder, port, backends }: PeerSite, algorithm: BenchAlgorithm): GatewayState {
  const service = {
    command: 'true',
    health: { path: '/health' },
    breaker: { errors: '50%', window: '10s' },
    concurrency: 1000,
  };
  const resolved = resolveSpec(
    {
      gateway: {
        port,
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
