import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabResult } from '../lab/labs/run-lab.ts';
import type { Io } from './io.ts';
import { resultLines, summaryLines } from './lab-text.ts';

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  terminal: false,
  colour: false,
  columns: 100,
};
const result = (name: string, other: Partial<LabResult> = {}): LabResult => ({
  name,
  title: `About ${name}`,
  state: 'passed',
  passed: true,
  claims: [{ text: 'it holds', expected: '1', measured: '1', met: true }],
  problem: null,
  durationS: 12.2,
  report: { title: '', subtitle: '', facts: [], sections: [] },
  folders: [],
  ...other,
});
const broken = result('chaos', {
  state: 'broken',
  passed: false,
  claims: [],
  problem: { code: 'UP_ENDED', message: 'up ended:\nno port', hint: 'Free it.' },
  folders: ['/tmp/x'],
});

test('a lab that passed shows what was expected and measured', () => {
  assert.deepEqual(resultLines(result('crowd'), io), [
    '  ✓ it holds',
    '      expected 1; measured 1',
    '  passed after 12 s',
    '',
  ]);
});

test('a lab that broke shows why, what to do, and what was kept', () => {
  assert.deepEqual(resultLines(broken, io), [
    '  up ended:',
    '  no port',
    '  → Free it.',
    '  kept: /tmp/x',
    '  broke after 12 s',
    '',
  ]);
});

test('the sum names those that did not pass, and how many were not run', () => {
  assert.deepEqual(summaryLines([result('a'), result('b')], 2, io), ['All 2 labs passed in 24 s.']);
  assert.deepEqual(summaryLines([result('a'), broken], 4, io), [
    '1 of 4 labs passed in 24 s.',
    '  chaos: broke',
    '  2 were not run',
  ]);
});
