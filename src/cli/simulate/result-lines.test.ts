import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_MODEL } from '../../lab/backtest/service-model.ts';
import type { ScoredRun, Simulation, TraceResult } from '../../lab/backtest/simulation.ts';
import { resultLines } from './result-lines.ts';

const run = (policy: string, target: number | null, figures: readonly number[]): ScoredRun => {
  const [violationRatio = 0, costVsClairvoyant = 0, reversalsPerHour = 0, worst = 0, peak = 0] =
    figures;
  return {
    trace: 'llm',
    policy,
    target,
    requests: 1e6,
    violations: violationRatio * 1e6,
    violationRatio,
    replicaSeconds: 1e5 * costVsClairvoyant,
    costVsClairvoyant,
    reversalsPerHour,
    peakReplicas: peak,
    worst5MinutesRatio: worst,
    intervals: null,
  };
};

const RESULTS = [
  run('clairvoyant', null, [0, 1, 87.4, 0, 34]),
  run('slo', null, [0.00926, 1.856, 4.11, 0.165, 58]),
  run('slo', 0.6, [0.0009, 2.31, 3.9, 0.02, 81]),
  run('slo', 0.9, [0.05, 1.2, 4.9, 0.3, 50]),
  run('aws', null, [0.0808, 0.92, 1, 0.994, 1_025]),
];

const TRACE: TraceResult = {
  name: 'llm',
  origin: 'llm.csv',
  multiply: 50,
  stepMs: 5_000,
  durationMs: 3_500_000,
  tickMs: 1_000,
  rps: { least: 40, mean: 276, peak: 530 },
  model: { ...DEFAULT_MODEL, max: 108 },
  seeds: 5,
  summary: [
    { policy: 'clairvoyant', costAt1Percent: 1, costAt01Percent: 1, costAt1PercentOrStatic: 1 },
    { policy: 'slo', costAt1Percent: 1.856, costAt01Percent: 2.31, costAt1PercentOrStatic: 1.856 },
    { policy: 'aws', costAt1Percent: null, costAt01Percent: null, costAt1PercentOrStatic: 6.7 },
  ],
  timelines: [],
};

const SIMULATION: Simulation = { results: RESULTS, summary: TRACE.summary, traces: [TRACE] };

const LEGEND = [
  'cost: replicas × time, the clairvoyant’s is 1; reversals/h: how often an hour the count turned; worst 5 min: violations in them',
  'C(1 %): cost of the cheapest setting with at most 1 % violations; at: that setting of the policy’s one knob; ~: other seeds might break that limit',
];

const NOTHING = { claims: [], warnings: [], notes: [], reports: [] };

test('the account of a back-test', () => {
  const lines = resultLines(
    {
      simulation: SIMULATION,
      sweep: false,
      claims: [
        { text: 'slo.violations<1%', expected: 'below 1 %', measured: '0.926 % on llm', met: true },
        { text: 'aws.violations<1%', expected: 'below 1 %', measured: '8.08 % on llm', met: false },
      ],
      warnings: ['llm: the peak needs more.'],
      notes: ['Recorded in\nsteps of 1 s.'],
      reports: ['/srv/x.html'],
    },
    false,
  );
  assert.deepEqual(lines.join('\n').split('\n'), [
    'llm  58 min 20 s in steps of 5 s, times 50: 40 to 530/s, at the peak 27 replicas',
    'a replica serves 20/s (50 ms, 1 at once), starts in about 30 s; slower than 1 s is a violation; 1 to 108 replicas; 5 seeds, ticks of 1 s',
    '',
    '  policy       violations  cost  reversals/h  worst 5 min   peak',
    '  clairvoyant         0 %  1.00         87.4          0 %     34  knows the load beforehand',
    '  slo             0.926 %  1.86          4.1       16.5 %     58',
    '  aws              8.08 %  0.92          1.0       99.4 %  1,025  at 0.8, inferred',
    '',
    LEGEND[0],
    '',
    '  ✓ slo.violations<1%  measured 0.926 % on llm',
    '  ✗ aws.violations<1%  measured 8.08 % on llm, expected below 1 %',
    '',
    'warning  llm: the peak needs more.',
    '',
    'note  Recorded in steps of 1 s.',
    '',
    'report  /srv/x.html',
  ]);
});

test('names of files move no cursor', () => {
  const text = '\u001b[2Jx:slo.cost<2';
  const trace = { ...TRACE, name: '\u001b[2Jx' };
  const shown = {
    simulation: { ...SIMULATION, traces: [trace] },
    sweep: false,
    claims: [{ text, expected: 'below 2', measured: '3 on \u001b[2Jx', met: false }],
    warnings: ['\u001b[2Jx: the peak needs more.'],
    notes: [],
    reports: ['/srv/\u001b[2J.html'],
  };
  assert.ok(!resultLines(shown, false).some((line) => line.includes('\u001b')));
});

test('a sweep tells the cost at equal violations, at which setting, and what is not reachable', () => {
  const lines = resultLines({ simulation: SIMULATION, sweep: true, ...NOTHING }, false);
  assert.deepEqual(lines.slice(8), [
    '  policy              C(1 %)       at  reversals/h       C(0.1 %)       at  reversals/h',
    '  clairvoyant           1.00  default         87.4           1.00  default         87.4',
    '  slo                   1.86  default          4.1           2.31      0.6          3.9',
    '  aws          not reachable                        not reachable',
    '',
    ...LEGEND,
  ]);
});

test('a cost whose bound was kept by chance is marked', () => {
  const results = RESULTS.map((each): ScoredRun => {
    const intervals = { violationRatio: [0.008, 0.0105], costVsClairvoyant: [1.8, 1.9] } as const;
    return each.policy === 'slo' && each.target === null ? { ...each, intervals } : each;
  });
  const shown = { simulation: { ...SIMULATION, results }, sweep: true, ...NOTHING };
  assert.equal(
    resultLines(shown, false)[10],
    '  slo                  ~1.86  default          4.1           2.31      0.6          3.9',
  );
});

test('several traces end with what holds for all of them', () => {
  const other = { ...TRACE, name: 'elb' };
  const simulation = { ...SIMULATION, traces: [TRACE, other] };
  const lines = resultLines({ simulation, sweep: true, ...NOTHING }, false);
  assert.deepEqual(lines.slice(-9, -3), [
    'all traces  geometric mean over 2',
    '',
    '  policy              C(1 %)       C(0.1 %)',
    '  clairvoyant           1.00           1.00',
    '  slo                   1.86           2.31',
    '  aws          not reachable  not reachable',
  ]);
  const fixed = { policy: 'static', costAt1Percent: 6.7, costAt01Percent: 7.5 };
  const summary = [...TRACE.summary, { ...fixed, costAt1PercentOrStatic: 6.7 }];
  const withStatic = resultLines(
    { simulation: { ...simulation, summary }, sweep: true, ...NOTHING },
    false,
  );
  assert.deepEqual(withStatic.slice(-8, -3), [
    '  policy              C(1 %)       C(0.1 %)  C(1 %) or static',
    '  clairvoyant           1.00           1.00              1.00',
    '  slo                   1.86           2.31              1.86',
    '  aws          not reachable  not reachable              6.70',
    '  static                6.70           7.50              6.70',
  ]);
});
