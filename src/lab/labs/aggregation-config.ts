import type { RouteConfig, TidegateConfig } from '../../spec/define.ts';
import { problemText } from '../../spec/problem.ts';
import { resolveSpec } from '../../spec/resolve.ts';
import type { Bench } from './bench.ts';

/** What each service needs for its answer. */
export const DELAY_MS = { users: 60, orders: 80, advice: 100 } as const;

/** Three services and what is made of their answers; `file` holds the secret that tokens are signed with. */
export function aggregationConfig(bench: Bench, file: string): TidegateConfig {
  const part = (delayMs: number): TidegateConfig['services'][string] => ({
    command: bench.program('part.js'),
    env: { DELAY_MS: `${delayMs}` },
    health: { path: '/health' },
  });
  const advice = { path: '/advice/:id', optional: true };
  return {
    gateway: {
      jwt: { main: { algorithms: ['HS256'], keys: { file } } },
      routes: [
        { path: '/overview/:id', aggregate: { user: '/users/:id', orders: '/orders/:id', advice } },
        {
          path: '/without-advice/:id',
          aggregate: {
            user: '/users/:id',
            orders: '/orders/:id',
            advice: { path: '/advice/broken?id=:id', optional: true },
          },
        },
        {
          path: '/without-orders/:id',
          aggregate: { user: '/users/:id', orders: '/orders/broken?id=:id', advice },
        },
        MINE,
        { path: '/private/*', service: 'users', auth: 'main' },
        { path: '/users/*', service: 'users' },
        { path: '/orders/*', service: 'orders' },
        { path: '/advice/*', service: 'advice' },
      ],
    },
    services: {
      users: part(DELAY_MS.users),
      orders: part(DELAY_MS.orders),
      advice: part(DELAY_MS.advice),
    },
  };
}

/** What Tidegate says to the same configuration with the lock of the aggregate left out. */
export function refusalOfOpen(config: TidegateConfig): string | null {
  const { auth: _, ...open } = MINE;
  const aggregate = { private: '/private/7' };
  const routes = (config.gateway?.routes ?? []).map((route) =>
    route === MINE ? { ...open, aggregate } : route,
  );
  const resolved = resolveSpec(
    { ...config, gateway: { ...config.gateway, routes } },
    { folder: '/', machine: { cores: 1, memoryBytes: 1e9 } },
  );
  return resolved.ok ? null : resolved.problems.map(problemText).join('; ');
}

// Private

const MINE: RouteConfig = {
  path: '/mine',
  auth: 'main',
  aggregate: { user: '/users/:claims.sub', private: '/private/:claims.sub' },
};
