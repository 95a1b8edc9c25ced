import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { Reading } from '../../signals/reading.ts';
import { missing, NOT_APPLICABLE, reading, tooFew } from '../../signals/reading.ts';
import type { AlertMemory, Became } from './judge.ts';
import { judge, resolvesAfterMs, untouched } from './judge.ts';

const T0 = 1_000_000;
const rule = { operator: '>', threshold: 10, forMs: 60_000 } as const;
const over = reading(11);
const under = reading(10);
const silent = missing(1_000);

/** Looks at each of these seconds, and says what it became and when, in seconds. */
function run(
  looks: readonly (readonly [second: number, reading: Reading])[],
  asked: Parameters<typeof judge>[0] = rule,
): { readonly became: readonly (readonly [number, Became])[]; readonly memory: AlertMemory } {
  let memory = untouched(T0);
  const became: [number, Became][] = [];
  for (const [second, seen] of looks) {
    const judged = judge(asked, seen, memory, T0 + second * 1_000);
    memory = judged.memory;
    if (judged.became) became.push([second, judged.became]);
  }
  return { became, memory };
}

const each = (from: number, to: number, seen: Reading): (readonly [number, Reading])[] =>
  Array.from({ length: to - from }, (_, index) => [from + index, seen] as const);

test('it is pending at once, fires after as long as asked, and is resolved a while after the end', () => {
  const { became, memory } = run([...each(0, 90, over), ...each(90, 120, under)]);
  assert.deepEqual(became, [
    [0, 'pending'],
    [60, 'firing'],
    [100, 'resolved'],
  ]);
  assert.equal(memory.resolvedAt, T0 + 90_000);
});

test('one that holds at once fires at once, and needs two seconds of calm', () => {
  const { became } = run([...each(0, 3, over), ...each(3, 9, under)], { ...rule, forMs: 0 });
  assert.deepEqual(became, [
    [0, 'firing'],
    [5, 'resolved'],
  ]);
});

test('what ends before its time was nothing, and begins anew', () => {
  const { became } = run([...each(0, 59, over), [59, under], ...each(60, 121, over)]);
  assert.deepEqual(became, [
    [0, 'pending'],
    [60, 'pending'],
    [120, 'firing'],
  ]);
});

test('a value on the edge does not flap', () => {
  const flapping = Array.from({ length: 300 }, (_, n) => [61 + n, n % 9 ? under : over] as const);
  const { became } = run([...each(0, 61, over), ...flapping]);
  assert.deepEqual(became.at(-1), [60, 'firing']);
});

test('while nothing is known time stands still', () => {
  const { became } = run([...each(0, 30, over), ...each(30, 130, silent), ...each(130, 170, over)]);
  assert.deepEqual(became, [
    [0, 'pending'],
    [160, 'firing'],
  ]);
  const held = run([...each(0, 65, over), ...each(65, 70, under), ...each(70, 500, silent)]);
  assert.deepEqual(held.became.at(-1), [60, 'firing']);
  const later = run([
    ...each(0, 65, over),
    ...each(65, 70, under),
    ...each(70, 500, silent),
    ...each(500, 510, under),
  ]);
  assert.deepEqual(later.became.at(-1), [505, 'resolved']);
});

test('with nothing to measure it is resolved, as when a service has fallen asleep', () => {
  const { became } = run([...each(0, 65, over), ...each(65, 80, NOT_APPLICABLE)]);
  assert.deepEqual(became.at(-1), [75, 'resolved']);
});

test('a percentile of too few requests does not fire, and can resolve', () => {
  assert.deepEqual(run(each(0, 100, tooFew(50, 3))).became, []);
  const calm = run([...each(0, 65, over), ...each(65, 80, tooFew(5, 3))]);
  assert.deepEqual(calm.became.at(-1), [75, 'resolved']);
  const still = run([...each(0, 65, over), ...each(65, 99, tooFew(50, 3))]);
  assert.deepEqual(still.became.at(-1), [60, 'firing']);
});

test('a clock that is set back begins the wait anew', () => {
  const { became } = run([[100, over], ...each(0, 61, over)]);
  assert.deepEqual(became, [
    [100, 'pending'],
    [60, 'firing'],
  ]);
});

test('each operator is what it says', () => {
  const holds = (operator: '>' | '>=' | '<' | '<=', value: number) =>
    run([[0, reading(value)]], { operator, threshold: 10, forMs: 0 }).became.length === 1;
  const of = (operator: '>' | '>=' | '<' | '<=') => [9, 10, 11].map((n) => holds(operator, n));
  assert.deepEqual(of('>'), [false, false, true]);
  assert.deepEqual(of('>='), [false, true, true]);
  assert.deepEqual(of('<'), [true, false, false]);
  assert.deepEqual(of('<='), [true, true, false]);
});

test('whatever is seen, firing and resolved alternate, each with the evidence it needs', () => {
  const look = fc.record({
    afterMs: fc.integer({ min: 1, max: 5_000 }),
    seen: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(over, under) },
      fc.constantFrom(silent, NOT_APPLICABLE, tooFew(50, 2)),
    ),
  });
  const asked = fc.constantFrom(0, 1_000, 20_000);
  fc.assert(
    fc.property(fc.array(look, { maxLength: 200 }), asked, (looks, forMs) => {
      let memory = untouched(T0);
      let now = T0;
      let firing = false;
      /** How long the condition was seen to hold, or not to, without the other between: unknown time left out. */
      let runMs = 0;
      let holding: boolean | null = null;
      for (const { afterMs, seen } of looks) {
        now += afterMs;
        const judged = judge({ ...rule, forMs }, seen, memory, now);
        const known = seen !== silent && !(seen.kind === 'not-applicable' && seen.few);
        if (known) {
          const holds = seen === over;
          runMs = holding === holds ? runMs + afterMs : 0;
          holding = holds;
        }
        const { became } = judged;
        if (became === 'firing') {
          assert.ok(!firing && known && seen === over && runMs >= forMs);
          firing = true;
        } else if (became === 'resolved') {
          assert.ok(firing && known && seen !== over && runMs >= resolvesAfterMs(forMs));
          firing = false;
        } else if (known && firing && holding === false) {
          assert.ok(runMs < resolvesAfterMs(forMs), 'resolved too late');
        } else if (known && !firing && holding === true) {
          assert.ok(runMs < forMs, 'fired too late');
        }
        assert.equal(judged.memory.firing, firing);
        memory = judged.memory;
      }
    }),
  );
});
