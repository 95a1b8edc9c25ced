import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideIn } from '../../test/support/scaling.ts';

const HOT = { desired: 3, stable: { cpu: 0.9 } };

test('pinned: the number a person asked for, and the reasons still say what the policy would do', () => {
  const { raw, limited, desired, binding, reasons } = decideIn({ ...HOT, control: { pinned: 7 } });
  assert.deepEqual(
    { raw, limited, desired, binding },
    { raw: 4, limited: 4, desired: 7, binding: 'pinned' },
  );
  assert.equal(reasons[0]?.kind, 'above');
  assert.deepEqual(reasons.at(-1), { kind: 'pinned', at: 7 });
});

test('paused: the count stays', () => {
  const { limited, desired, binding } = decideIn({ ...HOT, control: { paused: true } });
  assert.deepEqual({ limited, desired, binding }, { limited: 4, desired: 3, binding: 'paused' });
});

test('deploying comes before pinned, pinned before paused', () => {
  const all = { paused: true, pinned: 7, deploying: true };
  const bindingOf = (control: Partial<typeof all>): [string, number] => {
    const { binding, desired } = decideIn({ ...HOT, control });
    return [binding, desired];
  };
  assert.deepEqual(bindingOf(all), ['deploying', 3]);
  assert.deepEqual(bindingOf({ ...all, deploying: false }), ['pinned', 7]);
  assert.deepEqual(bindingOf({ paused: true }), ['paused', 3]);
});

test('what is held starts no cooldown; a pin that moves the count does', () => {
  assert.equal(decideIn({ ...HOT, control: { paused: true } }).memory.lastUpAt, null);
  assert.notEqual(decideIn({ ...HOT, control: { pinned: 7 } }).memory.lastUpAt, null);
});
