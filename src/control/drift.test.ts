import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import type { ControlEvent } from './control.ts';
import { createDrift } from './drift.ts';

const config = (command: string) => {
  const input = { services: { api: { command } } };
  return { input, spec: resolved(input) };
};
const readable = (command: string) =>
  ({ kind: 'readable', configuration: config(command) }) as const;

test('a changed file is told once, with the keys that differ, and once when it is as before', () => {
  const told: ControlEvent[] = [];
  let inForce = config('a').spec;
  const drift = createDrift({ inForce: () => inForce, emit: (e) => told.push(e), now: () => 1 });
  drift.fileSeen(readable('a'));
  assert.equal(told.length, 0);
  drift.fileSeen(readable('b'));
  drift.fileSeen(readable('b'));
  assert.deepEqual(drift.shown, { keys: ['services.api.command'], problem: null });
  inForce = config('b').spec;
  drift.compare();
  assert.equal(drift.shown, null);
  assert.deepEqual(
    told.map((event) => (event.kind === 'config' ? event.drift : undefined)),
    [{ keys: ['services.api.command'], problem: null }, null],
  );
});

test('a file that cannot be read is told with its problem', () => {
  const { spec } = config('a');
  const drift = createDrift({ inForce: () => spec, emit: () => undefined, now: () => 1 });
  drift.fileSeen({ kind: 'broken', problem: 'no closing brace' });
  assert.deepEqual(drift.shown, { keys: [], problem: 'no closing brace' });
});
