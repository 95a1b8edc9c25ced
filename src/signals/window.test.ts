import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { createWindow } from './window.ts';

interface Entry {
  readonly at: number;
  readonly value: number;
}

function summed(windowMs: number) {
  const account = { sum: 0 };
  const window = createWindow<Entry>(windowMs, {
    enter: ({ value }) => void (account.sum += value),
    leave: ({ value }) => void (account.sum -= value),
  });
  return { account, window };
}

test('ten seconds of one-second entries are ten entries', () => {
  const { account, window } = summed(10_000);
  for (let at = 1_000; at <= 60_000; at += 1_000) {
    window.add({ at, value: 1 });
    window.trim(at);
  }
  assert.equal(account.sum, 10);
  assert.equal(window.size, 10);
});

test('the newest entry stays however old it is', () => {
  const { account, window } = summed(1_000);
  window.add({ at: 0, value: 3 });
  window.add({ at: 10, value: 4 });
  window.trim(1_000_000);
  assert.equal(account.sum, 4);
  assert.equal(window.newest?.at, 10);
});

test('a cleared window has given everything back', () => {
  const { account, window } = summed(1_000);
  window.add({ at: 0, value: 3 });
  window.add({ at: 1, value: 4 });
  window.clear();
  assert.equal(account.sum, 0);
  assert.equal(window.newest, undefined);
});

test('the running sum is that of the entries younger than the window, or of the newest', () => {
  const steps = fc.array(fc.record({ gapMs: fc.nat(3_000), value: fc.nat(1_000) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10_000 }), (gaps, windowMs) => {
      const { account, window } = summed(windowMs);
      const all: Entry[] = [];
      let at = 0;
      for (const { gapMs, value } of gaps) {
        at += gapMs;
        const entry = { at, value };
        all.push(entry);
        window.add(entry);
        window.trim(at);
        const inside = all.filter((each) => each === entry || each.at > at - windowMs);
        assert.equal(
          account.sum,
          inside.reduce((sum, each) => sum + each.value, 0),
        );
      }
    }),
  );
});
