import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { TidegateError } from '../../kit/errors.ts';
import type { Claim } from '../report/report.ts';
import type { Lab } from './lab.ts';
import { runLab } from './run-lab.ts';

const claim = (met: boolean): Claim => ({ text: 'it holds', expected: '1', measured: '1', met });
const lab = (run: Lab['run'], other: Partial<Lab> = {}): Lab => ({
  name: 'tiny',
  title: 'A tiny lab',
  teaches: ['Nothing much.'],
  aboutS: 1,
  run,
  ...other,
});
const finds = (...claims: Claim[]): Lab => lab(() => Promise.resolve({ claims, sections: [] }));
const quiet = { signal: new AbortController().signal, say: () => undefined };

test('a lab whose claims are all met has passed', async () => {
  const result = await runLab(finds(claim(true), claim(true)), quiet);
  assert.deepEqual([result.state, result.passed, result.claims.length], ['passed', true, 2]);
  assert.deepEqual(result.folders, []);
});

test('one claim that is not met is enough', async () => {
  const result = await runLab(finds(claim(true), claim(false)), quiet);
  assert.deepEqual([result.state, result.passed], ['unmet', false]);
});

test('who claims nothing has shown nothing', async () => {
  assert.equal((await runLab(finds(), quiet)).passed, false);
});

test('a lab that throws is broken, with the code, the sentence and what to do', async () => {
  const broken = lab(() =>
    Promise.reject(new TidegateError('X', 'It broke.', { hint: 'Mend it.' })),
  );
  const result = await runLab(broken, quiet);
  assert.deepEqual([result.state, result.passed], ['broken', false]);
  assert.deepEqual(result.problem, { code: 'X', message: 'It broke.', hint: 'Mend it.' });
  assert.deepEqual(result.report.sections[0]?.text, ['It broke. (X)', 'Mend it.']);
});

test('a lab that goes on for ever is ended, also one that does not look at its signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const running = runLab(
    lab(() => new Promise(() => undefined)),
    quiet,
  );
  t.mock.timers.tick(59_000);
  t.mock.timers.tick(1_000);
  const result = await running;
  assert.deepEqual([result.state, result.problem?.code], ['broken', 'LAB_TOOK_TOO_LONG']);
});

test('Ctrl-C is an interruption and no fault of the lab', async () => {
  const interrupt = new AbortController();
  const waiting = lab((bench) => {
    interrupt.abort();
    return bench.wait(3_600_000).then(() => ({ claims: [], sections: [] }));
  });
  const result = await runLab(waiting, { ...quiet, signal: interrupt.signal });
  assert.deepEqual([result.state, result.passed, result.problem], ['interrupted', false, null]);
});

test('without a program that it needs a lab is broken before it begins, and says what brings it', async () => {
  let begun = false;
  const needy = lab(
    () => {
      begun = true;
      return Promise.resolve({ claims: [claim(true)], sections: [] });
    },
    { needs: ['redis'] },
  );
  const lacking = (program: string): string => `Run: install ${program}`;
  const result = await runLab(needy, { ...quiet, lacking });
  assert.deepEqual([result.state, begun], ['broken', false]);
  assert.equal(result.problem?.hint, 'Run: install redis');
  assert.equal((await runLab(needy, { ...quiet, lacking: () => null })).passed, true);
});

test('what is waited for in vain is said', async () => {
  const vain = lab((bench) =>
    bench
      .until('rain', () => Promise.reject(new Error('no cloud')), 100)
      .then(() => ({ claims: [], sections: [] })),
  );
  const { problem } = await runLab(vain, quiet);
  assert.equal(problem?.code, 'LAB_WAITED_IN_VAIN');
  assert.match(problem?.message ?? '', /for rain.*no cloud/);
});

test('what a timer throws breaks the lab, and not the process that must end what it started', async () => {
  const program = join(import.meta.dirname, 'fixtures/crashing.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.equal(stdout, 'broken: a timer threw\n');
});

test('a lab is told how many clients there can be, and else that nobody knows', async () => {
  const told: number[] = [];
  const curious = lab((bench) => {
    told.push(bench.mostClients);
    return Promise.resolve({ claims: [claim(true)], sections: [] });
  });
  await runLab(curious, { ...quiet, mostClients: 3584 });
  await runLab(curious, quiet);
  assert.deepEqual(told, [3584, Infinity]);
});
