import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CountBy, RateLimitSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import { gatewayState, route, service } from './fixtures/states.ts';
import { rateLimitRefusals } from './rate-limit-refusals.ts';

const limit = (per: CountBy, differs: Partial<RateLimitSpec> = {}): RateLimitSpec => ({
  per,
  requests: 10,
  windowMs: 1_000,
  followCapacity: false,
  ...differs,
});

test('everything that is wrong with limits is refused at once, also what a configuration cannot say', () => {
  const state = gatewayState([service()], {
    rateLimit: limit({ kind: 'claim', name: 'sub' }),
    routes: [
      route({ path: '/a', rateLimit: limit({ kind: 'header', name: 'x-a)\n' }, { requests: 0 }) }),
      route({ path: '/*', rateLimit: limit({ kind: 'claim', name: "a'b" }, { windowMs: 999 }) }),
    ],
  });
  assert.deepEqual(rateLimitRefusals(state), [
    'gateway.rateLimit.per: a claim is only counted where the token is verified',
    'gateway.routes[0].rateLimit.per: "x-a)\\n" must be the name of a header',
    'gateway.routes[0].rateLimit.requests: 0 must be a whole number from 1 to 1000000',
    'gateway.routes[1].rateLimit.per: "a\'b" must be the name of a claim',
    'gateway.routes[1].rateLimit.per: a claim is only counted where the token is verified',
    'gateway.routes[1].rateLimit.window: 999 must be a whole number from 1000 to 86400000',
  ]);
});

test('a claim may be counted where every request it holds for brings a verified token', () => {
  const perClaim = limit({ kind: 'claim', name: 'sub' });
  const state = gatewayState([service()], {
    rateLimit: perClaim,
    routes: [
      route({ path: '/tasks/*', service: TASKS_SERVICE }),
      route({ path: '/*', auth: 'main', rateLimit: perClaim }),
    ],
  });
  assert.deepEqual(rateLimitRefusals(state), [], 'who leases tasks brings another token');
});
