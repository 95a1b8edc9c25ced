import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asRootWarning } from './as-root.ts';

type Services = Parameters<typeof asRootWarning>[0];
const spec = (users: Record<string, string | null>): Services =>
  ({
    services: Object.fromEntries(
      Object.entries(users).map(([name, user]) => [name, { name, user }]),
    ),
  }) as unknown as Services;

test('services that would run as root are named once, with the key that says otherwise', () => {
  assert.equal(
    asRootWarning(spec({ api: null, web: 'www-data' }), 0),
    'api runs as root, as you do; services.api.user names another user',
  );
  assert.equal(
    asRootWarning(spec({ api: null, web: null }), 0),
    'api, web run as root, as you do; services.*.user names another user',
  );
});

test('a program of our own is named without a key: nobody can give it another user', () => {
  const own = { name: 'own', user: null, command: { kind: 'internal', program: 'aggregate' } };
  const alone = { services: { own } } as unknown as Services;
  const said = 'own runs as whoever starts Tidegate, and that is root';
  assert.equal(asRootWarning(alone, 0), said);
  assert.equal(asRootWarning(alone, 1000), null);
  const two = { services: { own, other: { ...own, name: 'other' } } } as unknown as Services;
  assert.equal(
    asRootWarning(two, 0),
    'own, other run as whoever starts Tidegate, and that is root',
  );
  const both = { services: { ...spec({ api: null }).services, own } } as unknown as Services;
  assert.equal(
    asRootWarning(both, 0),
    `api runs as root, as you do; services.api.user names another user; ${said}`,
  );
});

test('nothing is said when every service has a user, or when it is not root who starts them', () => {
  assert.equal(asRootWarning(spec({ web: 'www-data' }), 0), null);
  assert.equal(asRootWarning(spec({ api: null }), 1000), null);
});
