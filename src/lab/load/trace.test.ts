import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { requestsIn } from './profile.ts';
import { readTrace } from './trace.ts';

const HEADING = 't_seconds,requests_per_second';

test('a rate holds until the next line, the last as long as the one before it', () => {
  assert.deepEqual(readTrace(`${HEADING}\n100,5\n160,20\n170,0.5\n`), [
    { atS: 0, rps: 5 },
    { atS: 60, rps: 5 },
    { atS: 60, rps: 20 },
    { atS: 70, rps: 20 },
    { atS: 70, rps: 0.5 },
    { atS: 80, rps: 0.5 },
  ]);
});

test('it can be played faster and higher', () => {
  assert.deepEqual(readTrace(`${HEADING}\n0,5\n60,10\n`, { speed: 60, multiply: 3 }), [
    { atS: 0, rps: 15 },
    { atS: 1, rps: 15 },
    { atS: 1, rps: 30 },
    { atS: 2, rps: 30 },
  ]);
});

test('what cannot be played is refused with the line', () => {
  const refused: [string, RegExp][] = [
    ['', /line 1 is not 't_seconds/],
    ['time,rate\n0,1\n1,1', /line 1 is not/],
    [HEADING, /fewer than two/],
    [`${HEADING}\n0,1`, /fewer than two/],
    [`${HEADING}\n0,1\n\n1,x`, /line 4 is not two numbers/],
    [`${HEADING}\n0,1\n1,2,3`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n1,`, /line 3 is not two numbers/],
    [`${HEADING}\n0,1\n0,1`, /line 3 is not later than 0 s/],
    [`${HEADING}\n0,1\n1,-1`, /line 3 has a rate below 0/],
  ];
  for (const [text, message] of refused) {
    assert.throws(() => readTrace(text), { code: 'BAD_TRACE', exitCode: 2, message }, text);
  }
  assert.throws(() => readTrace(`${HEADING}\n0,1\n90000,1`), {
    code: 'BAD_LOAD',
    message: /a day/,
  });
  for (const options of [{ speed: 0 }, { speed: -1 }, { multiply: -1 }, { multiply: Number.NaN }]) {
    assert.throws(() => readTrace(`${HEADING}\n0,1\n1,1`, options), { code: 'BAD_LOAD' });
  }
});

test('as many requests as the trace counted are due, at any step', () => {
  const rows = fc.array(
    fc.record({ stepS: fc.integer({ min: 1, max: 60 }), rps: fc.integer({ min: 0, max: 50 }) }),
    { minLength: 2, maxLength: 30 },
  );
  fc.assert(
    fc.property(rows, (wanted) => {
      let atS = 0;
      const lines = wanted.map(({ stepS, rps }) => `${(atS += stepS)},${rps}\r`);
      const steps = [...wanted.slice(1), wanted.at(-1)].map((row) => row?.stepS as number);
      const area = wanted.reduce((sum, { rps }, index) => sum + rps * (steps[index] as number), 0);
      assert.equal(requestsIn(readTrace([HEADING, ...lines].join('\n'))), area);
    }),
  );
});
