import { answers } from '../../spec/answers.ts';
import type { RateLimitSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';

/** What keeps the limits of a state from becoming a configuration. */
export function rateLimitRefusals({ gateway }: GatewayState): readonly string[] {
  // Workers and callers on this machine bring no token to the routes of tasks: they are counted by address.
  const open = gateway.routes.some(
    (route) => route.auth === null && !answers(route, TASKS_SERVICE),
  );
  return [
    ...limitRefusals('gateway.rateLimit', gateway.rateLimit, !open),
    ...gateway.routes.flatMap(({ rateLimit, auth }, index) =>
      limitRefusals(`gateway.routes[${index}].rateLimit`, rateLimit, auth !== null),
    ),
  ];
}

// Private

const HEADER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const CLAIM = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const DAY_MS = 86_400_000;

function limitRefusals(
  at: string,
  limit: RateLimitSpec | null,
  verified: boolean,
): readonly string[] {
  if (limit === null) return [];
  const { per, requests, windowMs } = limit;
  const problems: string[] = [];
  if (per.kind !== 'ip' && !(per.kind === 'header' ? HEADER : CLAIM).test(per.name)) {
    problems.push(`${at}.per: ${JSON.stringify(per.name)} must be the name of a ${per.kind}`);
  }
  if (per.kind === 'claim' && !verified) {
    problems.push(`${at}.per: a claim is only counted where the token is verified`);
  }
  if (!Number.isSafeInteger(requests) || requests < 1 || requests > 1_000_000) {
    problems.push(`${at}.requests: ${requests} must be a whole number from 1 to 1000000`);
  }
  if (!Number.isSafeInteger(windowMs) || windowMs < 1_000 || windowMs > DAY_MS) {
    problems.push(`${at}.window: ${windowMs} must be a whole number from 1000 to ${DAY_MS}`);
  }
  return problems;
}
