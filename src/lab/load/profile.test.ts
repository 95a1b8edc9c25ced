import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { arrivalsMs, checkStages, durationS, requestsIn, type Stage } from './profile.ts';

const stages: fc.Arbitrary<readonly Stage[]> = fc
  .array(
    fc.record({
      spanS: fc.double({ min: 0.1, max: 20, noNaN: true }),
      rps: fc.double({ min: 0, max: 200, noNaN: true }),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((corners) => {
    let atS = 0;
    return corners.map(({ spanS, rps }, index) => {
      if (index > 0) atS += spanS;
      return { atS, rps };
    });
  });

test('an even rate is due at even distances, half a distance from either end', () => {
  const due = [
    ...arrivalsMs([
      { atS: 0, rps: 4 },
      { atS: 1, rps: 4 },
    ]),
  ];
  assert.deepEqual(due, [125, 375, 625, 875]);
});

test('as many requests are due as the area under the profile, give or take one', () => {
  fc.assert(
    fc.property(stages, (profile) => {
      const due = [...arrivalsMs(profile)].length;
      assert.ok(Math.abs(due - requestsIn(profile)) <= 1, `${due} of ${requestsIn(profile)}`);
    }),
  );
});

test('requests are due in order and within the profile', () => {
  fc.assert(
    fc.property(stages, (profile) => {
      let previousMs = 0;
      for (const dueMs of arrivalsMs(profile)) {
        assert.ok(dueMs >= previousMs - 1e-6 && dueMs <= durationS(profile) * 1000 + 1e-6);
        previousMs = dueMs;
      }
    }),
  );
});

test('on a rising line the second half has three times the requests of the first', () => {
  const due = [
    ...arrivalsMs([
      { atS: 0, rps: 0 },
      { atS: 10, rps: 80 },
    ]),
  ];
  assert.equal(due.length, 400);
  assert.equal(due.filter((dueMs) => dueMs < 5000).length, 100);
});

test('two stages at one moment are a step, and a rate of 0 is silence', () => {
  const step = [
    { atS: 0, rps: 0 },
    { atS: 2, rps: 0 },
    { atS: 2, rps: 10 },
    { atS: 3, rps: 10 },
  ];
  const due = [...arrivalsMs(checkStages(step))];
  assert.equal(due.length, 10);
  assert.ok(due.every((dueMs) => dueMs > 2000));
});

test('what is no profile is refused with what is wrong about it', () => {
  const refused: [readonly Stage[], RegExp][] = [
    [[{ atS: 0, rps: 1 }], /two stages/],
    [
      [
        { atS: 1, rps: 1 },
        { atS: 2, rps: 1 },
      ],
      /not at 0 s/,
    ],
    [
      [
        { atS: 0, rps: 1 },
        { atS: 5, rps: 1 },
        { atS: 4, rps: 1 },
      ],
      /4 s after 5 s/,
    ],
    [
      [
        { atS: 0, rps: 1 },
        { atS: 1, rps: -1 },
      ],
      /-1 requests/,
    ],
    [
      [
        { atS: 0, rps: Number.NaN },
        { atS: 1, rps: 1 },
      ],
      /NaN requests/,
    ],
    [
      [
        { atS: 0, rps: 1 },
        { atS: 0, rps: 1 },
      ],
      /lasts 0 s/,
    ],
    [
      [
        { atS: 0, rps: 1 },
        { atS: 1e6, rps: 1 },
      ],
      /longer than a day/,
    ],
    [
      [
        { atS: 0, rps: 1e9 },
        { atS: 60, rps: 1e9 },
      ],
      /more than/,
    ],
  ];
  for (const [profile, message] of refused) {
    assert.throws(() => checkStages(profile), { code: 'BAD_LOAD', message });
  }
});
