import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { TidegateError } from '../../kit/errors.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { planSimulation } from './simulate-plan.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function plan(given: Partial<SimulateOptions>) {
  return planSimulation({ trace: [], policy: [], expect: [], report: [], ...given }, NOW);
}

function refusal(given: Partial<SimulateOptions>): TidegateError {
  try {
    plan(given);
  } catch (thrown) {
    assert.ok(thrown instanceof TidegateError);
    assert.equal(thrown.exitCode, 2);
    return thrown;
  }
  return assert.fail('it was planned');
}

test('a trace that comes along has its own multiplier, a file has none', () => {
  const files = (given: Partial<SimulateOptions>) => {
    const { source } = plan(given);
    assert.ok(source.kind === 'files');
    return source.files.map(({ name, multiply }) => [name, multiply]);
  };
  assert.deepEqual(files({ trace: ['elb', 'load/busy week.csv'] }), [
    ['elb', 500],
    ['busy week', 1],
  ]);
  assert.deepEqual(files({ trace: ['elb', 'a/x.csv', 'b/x.csv'], multiply: '2.5' }), [
    ['elb', 2.5],
    ['x', 2.5],
    ['x-2', 2.5],
  ]);
});

test('without a policy all usual ones run; the clairvoyant always does, and what something is expected of', () => {
  const names = (given: Partial<SimulateOptions>) => plan({ trace: ['elb'], ...given }).policies;
  assert.equal(
    names({}).join(' '),
    'clairvoyant slo predictive target exponential linear hpa kpa keda aws crane static',
  );
  assert.deepEqual(names({ policy: ['hpa-behavior'], expect: ['slo.violations<1%'] }), [
    'clairvoyant',
    'slo',
    'hpa-behavior',
  ]);
  const orStatic = { sweep: true, policy: ['slo'], expect: ['slo.costAt1PercentOrStatic<1.4'] };
  assert.deepEqual(names(orStatic), ['clairvoyant', 'slo', 'static']);
});

test('what the options say of the service', () => {
  const { known, tickMs, seeds, hold } = plan({
    trace: ['elb'],
    serviceTime: '20ms',
    startup: '1m',
    concurrency: '8',
    slo: '300ms',
    timeout: '5s',
    min: '0',
    max: '40',
    seeds: '7',
    tick: '500ms',
  });
  assert.deepEqual(known, {
    serviceMs: 20,
    startup: { medianMs: 60_000 },
    sloMs: 300,
    timeoutMs: 5_000,
    concurrency: 8,
    min: 0,
    max: 40,
  });
  assert.deepEqual([tickMs, seeds, hold], [500, 7, false]);
  assert.equal(plan({ trace: ['elb'], tick: '5s' }).tickMs, 5_000);
  assert.equal(plan({ trace: ['elb'] }).tickMs, null, 'by the length of the trace');
});

test('history of a part of the time', () => {
  const { source } = plan({ fromHistory: true, from: '2h', to: '1h', multiply: '3' });
  assert.deepEqual(source, {
    kind: 'history',
    multiply: 3,
    from: NOW - 7_200_000,
    to: NOW - 3_600_000,
  });
  assert.match(refusal({ fromHistory: true, from: '1h', to: '2h' }).message, /not before --to/);
});

test('what a shell pipes in is not called by the number of its pipe', () => {
  const { source } = planSimulation(
    { trace: ['/dev/fd/63', '/proc/self/fd/62'], policy: [], expect: [], report: [] },
    NOW,
  );
  assert.ok(source.kind === 'files');
  assert.deepEqual(
    source.files.map(({ name, path }) => [name, path]),
    [
      ['piped', '/dev/fd/63'],
      ['piped-2', '/proc/self/fd/62'],
    ],
  );
});

test('a file in the memory of the machine is no pipe', () => {
  const { source } = planSimulation(
    { trace: ['/dev/shm/shop.csv', '/dev/stdin'], policy: [], expect: [], report: [] },
    NOW,
  );
  assert.ok(source.kind === 'files');
  assert.deepEqual(
    source.files.map(({ name, origin }) => [name, origin]),
    [
      ['shop', '/dev/shm/shop.csv'],
      ['piped', 'read from a pipe'],
    ],
  );
});

test('nothing to replay is an error that names a trace that comes along', () => {
  const { message, hint } = refusal({});
  assert.match(message, /^Say what to replay/);
  assert.match(hint ?? '', /tidegate simulate --trace worldcup.*llm/);
  assert.match(refusal({ trace: ['wordcup'] }).message, /did you mean worldcup\?/);
});

test('each wrong option is refused with what is right', () => {
  const wrong: readonly [Partial<SimulateOptions>, RegExp][] = [
    [{ multiply: '0' }, /--multiply takes a number above 0, not '0'/],
    [{ multiply: 'NaN' }, /above 0/],
    [{ multiply: '-1' }, /above 0/],
    [{ multiply: '1e99' }, /above 0/],
    [{ multiply: '' }, /above 0/],
    [{ policy: ['hpaa'] }, /no policy hpaa; did you mean hpa\?/],
    [{ seeds: '0' }, /--seeds takes a whole number from 1 to 1000/],
    [{ tick: '3s' }, /--tick takes one of 50ms/],
    [{ startup: '0s' }, /--startup takes a length of time above 0/],
    [{ serviceTime: '50' }, /--service-time takes a length of time/],
    [{ concurrency: '0' }, /--concurrency takes a whole number/],
    [{ min: '5', max: '4' }, /--min 5 is above --max 4/],
    [{ expect: ['slo.costAt1Percent<1.4'] }, /needs --sweep/],
    [{ expect: ['llm:slo.cost<1.4'] }, /no trace llm/],
    [{ trace: ['./x.json'], report: ['x.json'] }, /would take the place of the trace/],
    [{ report: ['x.txt'] }, /neither \.html nor \.json/],
    [{ fromHistory: true }, /--trace and --from-history exclude/],
    [{ from: '2h' }, /--from does nothing without --from-history/],
    [{ config: false, service: 'api' }, /--service does nothing with --no-config/],
  ];
  for (const [given, problem] of wrong)
    assert.match(refusal({ trace: ['elb'], ...given }).message, problem);
});

test('all mistakes are told at once', (t) => {
  const report = [join(temporaryFolder(t), 'gone', 'x.html')];
  const { code, message, facts } = refusal({ trace: ['elb', 'elbb'], seeds: 'x', report });
  assert.equal(code, 'BAD_OPTIONS');
  assert.match(message, /^Nothing was replayed, 3 things are wrong:/);
  assert.equal((facts['errors'] as unknown[]).length, 3);
});
