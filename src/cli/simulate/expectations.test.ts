import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../lab/backtest/result.ts';
import { judge, needsSweep, parseExpectation } from './expectations.ts';
import type { Expectation, Simulated } from './expectations.ts';

function parsed(text: string): Expectation {
  const expectation = parseExpectation(text);
  return typeof expectation === 'string' ? assert.fail(expectation) : expectation;
}

test('an expectation names a policy, a measure and a bound; a trace and a setting where it is about one', () => {
  assert.deepEqual(parsed(' slo.violations < 1% '), {
    text: 'slo.violations < 1%',
    trace: null,
    policy: 'slo',
    target: null,
    measure: 'violations',
    operator: '<',
    bound: 0.01,
  });
  const { trace, policy, target, bound } = parsed('busy week:hpa@0.7.cost<=1.4');
  assert.deepEqual([trace, policy, target, bound], ['busy week', 'hpa', 0.7, 1.4]);
});

test('nonsense is refused with the nearest word', () => {
  const wrong = {
    'slo<1%': /is no expectation such as slo\.violations<1%/,
    'slow.violations<1%':
      /no policy slow; did you mean slo\? There are clairvoyant, slo, predictive/,
    'nobody.violations<1%': /no policy nobody, only clairvoyant, slo,/,
    'slo.reversal<4': /did you mean reversals\?/,
    'slo.toString<4': /no measure toString/,
    'slo.violations<0.01': /held against a percentage such as 1%/,
    'slo.cost<140%': /held against a number/,
    'slo.cost<1.4.2': /1\.4\.2 is not a number/,
    'slo.cost=1': /is no expectation/,
    'hpa@0.71.cost<2': /hpa is not tried at 0\.71, only at 0\.3, 0\.4,/,
    'clairvoyant@0.8.cost<2': /only at its own setting/,
    'slo@0.7.costAt1Percent<2': /is about all settings, not about 0\.7/,
    'clairvoyant.costAt1Percent<2': /its cost is 1/,
  };
  for (const [text, problem] of Object.entries(wrong)) {
    const said = parseExpectation(text);
    assert.ok(typeof said === 'string' && said.startsWith(`'${text}'`), text);
    assert.match(said, problem);
  }
});

test('what is about all settings, or one of them, needs a sweep', () => {
  assert.equal(needsSweep(parsed('slo.cost<2')), false);
  assert.equal(needsSweep(parsed('slo@0.7.cost<2')), true);
  assert.equal(needsSweep(parsed('slo.costAt01Percent<2')), true);
});

const run = (trace: string, target: number | null, given: Partial<RunResult>): RunResult => ({
  trace,
  policy: 'slo',
  target,
  requests: 1_000,
  violations: 0,
  violationRatio: 0,
  replicaSeconds: 1,
  costVsClairvoyant: 1,
  reversalsPerHour: 0,
  peakReplicas: 1,
  worst5MinutesRatio: 0,
  ...given,
});

const costs = (costAt1Percent: number | null) => [
  { policy: 'slo', costAt1Percent, costAt01Percent: null, costAt1PercentOrStatic: 7.5 },
];

const SIMULATED: Simulated = {
  results: [
    run('elb', null, { violationRatio: 0.004, costVsClairvoyant: 1.5, peakReplicas: 9 }),
    run('llm', null, { violationRatio: 0.02, costVsClairvoyant: 1.2, peakReplicas: 20 }),
    run('llm', 0.7, { violationRatio: 0.5 }),
  ],
  summary: costs(1.34),
  traces: [
    { name: 'elb', summary: costs(1.2) },
    { name: 'llm', summary: costs(null) },
  ],
};

test('it has to hold on every trace, and the worst is told', () => {
  const claim = (text: string) => {
    const { expected, measured, met } = judge(parsed(text), SIMULATED);
    return [expected, measured, met];
  };
  assert.deepEqual(claim('slo.violations<1%'), ['below 1 %', '2 % on llm', false]);
  assert.deepEqual(claim('slo.violations<=2%'), ['at most 2 %', '2 % on llm', true]);
  assert.deepEqual(claim('elb:slo.violations<1%'), ['below 1 %', '0.4 % on elb', true]);
  assert.deepEqual(claim('slo@0.7.violations<1%'), ['below 1 %', '50 % on llm', false]);
  assert.deepEqual(claim('slo.cost<1.4'), ['below 1.4', '1.5 on elb', false]);
  // At least: the least is the worst.
  assert.deepEqual(claim('slo.peak>=10'), ['at least 10', '9 on elb', false]);
});

test('cost at equal violations is over all traces, or of the one that is named', () => {
  const claim = (text: string) => {
    const { measured, met } = judge(parsed(text), SIMULATED);
    return [measured, met];
  };
  assert.deepEqual(claim('slo.costAt1Percent<=1.4'), ['1.34', true]);
  assert.deepEqual(claim('elb:slo.costAt1Percent<=1.1'), ['1.2 on elb', false]);
  assert.deepEqual(claim('llm:slo.costAt1Percent<=9'), ['not reachable on llm', false]);
  assert.deepEqual(claim('slo.costAt1PercentOrStatic<=7'), ['7.5', false]);
  assert.deepEqual(claim('slo.costAt01Percent<=9'), ['not reachable', false]);
  assert.deepEqual(claim('hpa.cost<=9'), ['nothing to measure', false]);
});

test('where nobody asked for anything nothing was kept', () => {
  const results = [run('quiet', null, { requests: 0 })];
  const { measured, met } = judge(parsed('slo.violations<1%'), { ...SIMULATED, results });
  assert.deepEqual([measured, met], ['nothing to measure', false]);
});
