import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitCommands } from './unit-advice.ts';

test('a unit where systemd looks is reloaded and enabled, one elsewhere is linked first', () => {
  const enable = (elsewhere: string | null): string =>
    unitCommands('tidegate-shop.service', true, '/srv/shop/x.json', elsewhere).enable;
  assert.equal(
    enable(null),
    'systemctl daemon-reload && systemctl enable --now tidegate-shop.service',
  );
  assert.equal(
    enable('/srv/units of ours/tidegate-shop.service'),
    "systemctl link '/srv/units of ours/tidegate-shop.service' && systemctl enable --now tidegate-shop.service",
  );
});
