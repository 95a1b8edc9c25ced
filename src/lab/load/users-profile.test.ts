import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { checkUserStages, steadyUsers, usersAt } from './users-profile.ts';

test('the number goes in a straight line between two corners and jumps at a step', () => {
  const stages = [
    { atS: 0, users: 0 },
    { atS: 10, users: 100 },
    { atS: 10, users: 20 },
    { atS: 20, users: 20 },
  ];
  assert.deepEqual(
    [0, 5, 9.99, 10, 19.9, 20, 30].map((atS) => usersAt(stages, atS)),
    [0, 50, 100, 20, 20, 0, 0],
  );
});

test('users who arrive over a time are all there after it, or as many as time allows', () => {
  const ramp = fc.record({
    users: fc.integer({ min: 1, max: 50_000 }),
    durationS: fc.integer({ min: 1, max: 100 }),
    rampMs: fc.integer({ min: 0, max: 200_000 }),
  });
  fc.assert(
    fc.property(ramp, ({ users, durationS, rampMs }) => {
      const stages = checkUserStages(steadyUsers(users, durationS, rampMs));
      assert.equal(stages.at(-1)?.atS, durationS);
      assert.ok(usersAt(stages, 0) >= 1);
      const late = durationS - 1e-9;
      const wanted = Math.max(1, Math.min(users, (users * durationS * 1000) / Math.max(rampMs, 1)));
      assert.ok(Math.abs(usersAt(stages, late) - wanted) <= 1, `${usersAt(stages, late)}`);
    }),
  );
});

test('what is no profile is refused', () => {
  for (const stages of [
    [{ atS: 0, users: 1 }],
    [
      { atS: 1, users: 1 },
      { atS: 2, users: 1 },
    ],
    [
      { atS: 0, users: 1 },
      { atS: 2, users: 1 },
      { atS: 1, users: 1 },
    ],
    [
      { atS: 0, users: 1 },
      { atS: 0, users: 1 },
    ],
    [
      { atS: 0, users: 1 },
      { atS: 1e6, users: 1 },
    ],
    [
      { atS: 0, users: 0 },
      { atS: 1, users: 0 },
    ],
    [
      { atS: 0, users: 0 },
      { atS: 1, users: 50_001 },
    ],
    [
      { atS: 0, users: 0 },
      { atS: 1, users: Number.NaN },
    ],
  ]) {
    assert.throws(() => checkUserStages(stages), { code: 'BAD_LOAD' }, JSON.stringify(stages));
  }
});
