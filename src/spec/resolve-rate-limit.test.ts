import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const services = { api: { command } };
const limit = { per: 'ip', requests: 10, window: '1m' };
const jwt = { main: { algorithms: ['RS256'], keys: './jwks.json' } };

test('a limit counts by address, header or claim; it does not follow the capacity unless told', () => {
  const { rateLimit, routes } = resolved({
    gateway: {
      jwt,
      rateLimit: { ...limit, per: 'header:X-Key', followCapacity: true },
      routes: [
        { path: '/a', service: 'api', auth: 'main', rateLimit: { ...limit, per: 'claim:sub' } },
        { service: 'api', rateLimit: limit },
      ],
    },
    services,
  }).gateway;
  const common = { requests: 10, windowMs: 60_000, followCapacity: false };
  assert.deepEqual(rateLimit, {
    ...common,
    per: { kind: 'header', name: 'x-key' },
    followCapacity: true,
  });
  assert.deepEqual(
    routes.map((route) => route.rateLimit),
    [
      { ...common, per: { kind: 'claim', name: 'sub' } },
      { ...common, per: { kind: 'ip' } },
    ],
  );
});

test('a claim needs a token on every request that it is counted for', () => {
  const rateLimit = { ...limit, per: 'claim:sub' };
  const wrong = problems({
    gateway: {
      jwt,
      rateLimit,
      routes: [
        { path: '/a', service: 'api', auth: 'main', rateLimit },
        { service: 'api', rateLimit },
      ],
    },
    services,
  });
  assert.deepEqual(wrong, [
    'gateway.routes[1].rateLimit.per: must stand beside auth, which brings the token, got "claim:sub"',
    'gateway.rateLimit.per: must not be a claim unless every route has auth, which brings the token: gateway.routes[1] has none, got "claim:sub"',
  ]);
  assert.equal(problems({ gateway: { rateLimit }, services }).length, 1);
});

test('who is counted, how many and how long must be something HAProxy can count', () => {
  const wrong = problems({
    gateway: {
      routes: [
        { service: 'api', rateLimit: { per: 'cookie:x', requests: 0, window: '200ms' } },
        { service: 'api', path: '/a', rateLimit: { ...limit, window: '25h' } },
      ],
    },
    services,
  });
  assert.deepEqual(wrong, [
    `gateway.routes[0].rateLimit.per: must be 'ip', 'header:NAME' or 'claim:NAME', got "cookie:x"`,
    'gateway.routes[0].rateLimit.requests: must be a whole number from 1 to 1000000, got 0',
    `gateway.routes[0].rateLimit.window: must be a duration such as '250ms', '15s' or '2m', at least 1s, got "200ms"`,
    `gateway.routes[1].rateLimit.window: must be a duration from '1s' to '24h', got "25h"`,
  ]);
});
