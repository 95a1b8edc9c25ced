import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { cronProblem } from './cron.ts';

test('five fields, or six with seconds, with names, ranges, steps and lists are cron', () => {
  for (const text of [
    '* * * * *',
    '0 3 * * *',
    '*/5 8-18/2 1,15,L 1-3,DEC mon-fri',
    '30 0 12 * * 7',
    '0 0 29 feb *',
    '0 0 31 2 mon',
    '  0   0 31 1,2 *  ',
    '0 0 31,L 2 *',
  ]) {
    assert.equal(cronProblem(text), null, text);
  }
});

test('what is no cron is told by its field', () => {
  const wrong: readonly (readonly [text: string, rule: RegExp])[] = [
    ['', /^must have five fields/],
    ['0 3 * *', /^must have five fields/],
    ['@daily', /^must have five fields/],
    ['0 0 0 1 1 * 2030', /^must have five fields/],
    ['60 * * * *', /^must have as minute '\*', numbers from 0 to 59, .*, got '60'$/],
    ['0 24 * * *', /^must have as hour/],
    ['0 0 0 * *', /^must have as day of month .* or L for the last/],
    ['0 0 * 13 *', /^must have as month .* or jan to dec/],
    ['0 0 * * 8', /^must have as day of week/],
    ['0 0 * * mo', /^must have as day of week/],
    ['61 0 0 * * *', /^must have as second/],
    ['5/10 * * * *', /^must have as minute/],
    ['*/0 * * * *', /^must have as minute/],
    ['10-5 * * * *', /^must have as minute/],
    ['1,,2 * * * *', /^must have as minute/],
    ['1. * * * *', /^must have as minute/],
    ['0 0 L L *', /^must have as month/],
    ['0 0 30 2 *', /no day 30 in the months it names/],
    ['0 0 31 2,4 *', /no day 31/],
  ];
  for (const [text, rule] of wrong) assert.match(cronProblem(text) ?? 'nothing', rule, text);
});

/** Written apart from the code under test: what each field may hold, made up and never parsed. */
function field(least: number, most: number): fc.Arbitrary<string> {
  const number = fc.integer({ min: least, max: most });
  const step = fc.integer({ min: 1, max: most }).map((by) => `/${by}`);
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const part = fc.oneof(
    number.map(String),
    fc.constant('*'),
    fc
      .tuple(fc.oneof(fc.constant('*'), range), fc.oneof(fc.constant(''), step))
      .map((two) => two.join('')),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
}

test('property: whatever is put together from valid parts is valid, and one wrong part is noticed', () => {
  // Up to the 28th: every month has that.
  const fields = [
    field(0, 59),
    field(0, 59),
    field(0, 23),
    field(1, 28),
    field(1, 12),
    field(0, 6),
  ];
  fc.assert(
    fc.property(
      fc.tuple(...fields),
      fc.boolean(),
      fc.nat(4),
      fc.constantFrom('99', '-1', 'x', '1-', '*/0', '1/2', '**', '?', "'"),
      (words, seconds, at, wrong) => {
        const used = seconds ? words : words.slice(1);
        assert.equal(cronProblem(used.join(' ')), null, used.join(' '));
        const broken = used.with(at, `${used[at]},${wrong}`).join(' ');
        assert.notEqual(cronProblem(broken), null, broken);
      },
    ),
  );
});

test('property: whatever the text, there is an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const problem = cronProblem(text);
      assert.ok(problem === null || problem.startsWith('must '));
    }),
  );
});
