import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { CountBy, RateLimitSpec } from './spec.ts';

type Given = NonNullable<NonNullable<Config['gateway']>['rateLimit']>;

/** `'header:X-Key'` → the header, in small letters; no limit: null. */
export function resolveRateLimit(given: Given | undefined): RateLimitSpec | null {
  if (!given) return null;
  const { per, requests, window, followCapacity = false } = given;
  return { per: countByOf(per), requests, windowMs: window, followCapacity };
}

/** A claim is only there where a token is asked for. */
export function checkRateLimits({ gateway = {} }: Config, report: Report): void {
  const routes = gateway.routes ?? [];
  for (const [index, { rateLimit, auth }] of routes.entries()) {
    if (!isByClaim(rateLimit) || auth !== undefined) continue;
    const path = ['gateway', 'routes', index];
    report([...path, 'rateLimit', 'per'], 'must stand beside auth, which brings the token', {
      dependsOn: [
        [...path, 'rateLimit'],
        [...path, 'auth'],
      ],
    });
  }
  if (!isByClaim(gateway.rateLimit)) return;
  const path = ['gateway', 'rateLimit', 'per'];
  const open = routes.findIndex(({ auth }) => auth === undefined);
  if (routes.length > 0 && open < 0) return;
  const which = routes.length === 0 ? 'there is none' : `gateway.routes[${open}] has none`;
  report(
    path,
    `must not be a claim unless every route has auth, which brings the token: ${which}`,
    {
      dependsOn: [path, ['gateway', 'routes'] as Path],
    },
  );
}

// Private

function isByClaim(limit: Given | undefined): boolean {
  return limit?.per.startsWith('claim:') ?? false;
}

function countByOf(per: string): CountBy {
  const [kind, name = ''] = per.split(':');
  if (kind === 'header') return { kind, name: name.toLowerCase() };
  return kind === 'claim' ? { kind, name } : { kind: 'ip' };
}
