import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { ourNames } from './names.ts';

test('names that our configuration takes stay, others become the nearest that it takes', () => {
  const table = [
    ['web', 'web'],
    ['API Server', 'api-server'],
    ['Clock_1', 'clock-1'],
    ['1st', 'st'],
    ['@scope/app', 'scope-app'],
    ['__proto__', 'proto'],
    ['數據', 'app'],
    ['', 'app'],
    ['a'.repeat(50), 'a'.repeat(40)],
  ] as const;
  for (const [given, ours] of table) assert.deepEqual(ourNames([given]), [ours], given);
});

test('no two services get one name, and who had it keeps it', () => {
  assert.deepEqual(ourNames(['Web', 'web', 'WEB', 'web']), ['web-2', 'web', 'web-3', 'web-4']);
  assert.deepEqual(ourNames(['a'.repeat(41), 'a'.repeat(40)]), [
    `${'a'.repeat(38)}-2`,
    'a'.repeat(40),
  ]);
});

test('all names are valid and different', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('web', 'Web', 'web-2', 'WEB', 'a'.repeat(45)));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (names) => {
      const ours = ourNames(names);
      assert.equal(new Set(ours).size, names.length);
      for (const each of ours) assert.match(each, /^[a-z][a-z0-9-]{0,39}$/);
    }),
  );
});
