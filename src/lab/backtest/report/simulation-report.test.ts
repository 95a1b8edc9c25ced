import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderReport } from '../../report/render-report.ts';
import { DEFAULT_MODEL } from '../service-model.ts';
import type { ScoredRun, Simulation, TraceResult } from '../simulation.ts';
import { simulationReport } from './simulation-report.ts';
import type { SimulationAccount } from './simulation-report.ts';

const NAME = '</script><b>x';

const run = (policy: string, target: number | null, violationRatio: number): ScoredRun => ({
  trace: NAME,
  policy,
  target,
  requests: 100,
  violations: 100 * violationRatio,
  violationRatio,
  replicaSeconds: 10,
  costVsClairvoyant: 1.5,
  reversalsPerHour: 2,
  peakReplicas: 8,
  worst5MinutesRatio: 0.5,
  intervals: null,
});

const POINTS = [0, 60_000].map((atMs) => ({
  atMs,
  rps: 100,
  ready: 4,
  desired: 5,
  violations: 60,
}));

const TRACE: TraceResult = {
  name: NAME,
  origin: 'x.csv',
  multiply: 1,
  stepMs: 60_000,
  durationMs: 3 * 86_400_000,
  tickMs: 2_000,
  rps: { least: 1, mean: 50, peak: 100 },
  model: { ...DEFAULT_MODEL, max: 20 },
  seeds: 1,
  summary: [
    { policy: 'clairvoyant', costAt1Percent: 1, costAt01Percent: 1, costAt1PercentOrStatic: 1 },
    { policy: 'aws', costAt1Percent: 1.5, costAt01Percent: null, costAt1PercentOrStatic: 1.5 },
  ],
  timelines: ['clairvoyant', 'aws'].map((policy) => ({ policy, points: POINTS })),
};

const SIMULATION: Simulation = {
  results: [
    run('clairvoyant', null, 0),
    run('aws', null, 0.02),
    run('aws', 0.3, 0.005),
    run('aws', 0.9, 1),
  ],
  summary: TRACE.summary,
  traces: [TRACE],
};

const ACCOUNT: SimulationAccount = {
  claims: [],
  warnings: ['Only a <little> is known.'],
  notes: [],
  sweep: true,
  hold: false,
  service: null,
  command: "tidegate simulate --trace '<x>'",
};

test('a report has the tables, the fronts with their limits, the pictures, the model and the command', () => {
  const page = renderReport(simulationReport(SIMULATION, ACCOUNT));
  assert.match(page, /not reachable/);
  assert.match(page, /aws \(inferred\)/);
  assert.equal(page.match(/<figure class="front">/g)?.length, 2);
  // Two fronts, two limits each.
  assert.equal(page.match(/class="limit"/g)?.length, 4);
  assert.match(page, /aws \(inferred\) at 0\.3: 0\.5 % violations, cost 1\.5/);
  // The load, and replicas with violations below of each policy.
  assert.equal(page.match(/<div class="panel">/g)?.length, 3);
  assert.equal(page.match(/<div class="panel low">/g)?.length, 2);
  assert.match(page, />1 d</, 'the axis counts days');
  assert.match(page, /Each point is the mean of 1 min, “max” the largest of them/);
  assert.match(page, /<td class="number">1\.50<\/td>/, 'every cost has as many digits');
  assert.match(page, /<td class="number">50 %<\/td>/, 'a share stands to the right');
  assert.match(page, /log-normal/);
  assert.match(page, /tidegate simulate --trace &#39;&lt;x&gt;&#39;/);
});

test('a cost whose limit other seeds might have broken is marked', () => {
  const results = SIMULATION.results.map((each) => ({
    ...each,
    intervals: { violationRatio: [0, 0.011], costVsClairvoyant: [1, 2] } as const,
  }));
  const { sections } = simulationReport({ ...SIMULATION, results }, ACCOUNT);
  const costs = sections.find(({ heading }) => heading.endsWith('cost at equal violations'));
  assert.match(JSON.stringify(costs?.table?.rows), /"~1\.50"/);
});

test('names of others never become markup', () => {
  const page = renderReport(simulationReport(SIMULATION, ACCOUNT));
  assert.ok(!page.includes('<b>x') && !page.includes('<little>'));
  assert.equal(page.match(/<script>/g)?.length, 1);
});

test('without a sweep there are no fronts and no costs at equal violations', () => {
  const { sections, facts } = simulationReport(SIMULATION, { ...ACCOUNT, sweep: false });
  assert.deepEqual(
    sections.map(({ heading }) => heading.replace(NAME, 'x')),
    ['Beside the figures', 'x: each policy as it comes', 'x: over time', 'How it was made'],
  );
  assert.deepEqual(facts, []);
});
