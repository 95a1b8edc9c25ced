import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The page is plain JavaScript for browsers; what touches no document runs here as well. */
const load = async (name: string): Promise<Record<string, (...values: unknown[]) => unknown>> =>
  (await import(new URL(name, import.meta.url).href)) as Record<
    string,
    (...values: unknown[]) => unknown
  >;

test('numbers on the page are short, and what is not known is a dash', async () => {
  const { rate, percent, milliseconds, megabytes, count, span } = await load('./format.js');
  assert.deepEqual([rate?.(7.84), rate?.(212.4), rate?.(null)], ['7.8/s', '212/s', '–']);
  assert.deepEqual([percent?.(0.002), percent?.(0.83), percent?.(null)], ['0.2 %', '83 %', '–']);
  assert.deepEqual([milliseconds?.(340), milliseconds?.(1400)], ['340 ms', '1.4 s']);
  assert.deepEqual([megabytes?.(94_371_840), megabytes?.(2 ** 31)], ['90 MB', '2.0 GB']);
  assert.deepEqual([count?.(3), count?.(null)], ['3', '–']);
  assert.deepEqual(
    [span?.(-5), span?.(59_000), span?.(61_000), span?.(7_500_000), span?.(7_200_000), span?.(3e8)],
    ['0 s', '59 s', '1 min', '2 h 5 min', '2 h', '3 d'],
  );
});

test('a decision is a verdict and its reasons', async () => {
  const { verdict, reasonLine } = await load('./words.js');
  assert.equal(verdict?.({ current: 2, desired: 3, binding: 'none' }), '2 → 3 replicas');
  assert.equal(verdict?.({ current: 3, desired: 3, binding: 'cooldown' }), 'stays at 3 (cooldown)');
  const blind = { current: 3, desired: 3, binding: 'missing' };
  assert.equal(verdict?.(blind), 'stays at 3 (numbers missing)');
  const held = {
    reasons: ['one', 'two'],
    at: '2026-03-01T12:00:00Z',
    until: '2026-03-01T12:03:00Z',
    times: 180,
  };
  assert.equal(reasonLine?.(held), 'one · two · for 3 min');
  assert.equal(reasonLine?.({ ...held, times: 1 }), 'one · two');
});

test('a card says what is not well: failing checks, errors above the brake, the last problem', async () => {
  const { stateOf, replicasText, problemText } = await load('./words.js');
  const well = {
    ready: 2,
    desired: 2,
    paused: false,
    pinned: null,
    problem: null,
    brakeErrors: 0.05,
    signals: { errors: 0.01 },
    replicas: [{ healthy: true }, { healthy: true }],
  };
  assert.deepEqual([stateOf?.(well), replicasText?.(well)], [['steady', 'good'], '2']);
  const failing = { ...well, replicas: [{ healthy: true }, { healthy: false }] };
  assert.deepEqual(stateOf?.(failing), ['failing checks', 'bad']);
  assert.equal(replicasText?.(failing), '1 of 2 healthy');
  const ejected = { ...well, replicas: [{ state: 'ready' }, { state: 'ready', ejected: {} }] };
  assert.deepEqual(stateOf?.(ejected), ['a replica errs', 'bad']);
  assert.equal(replicasText?.(ejected), '1 of 2 healthy');
  const open = { ...well, circuit: { state: 'half-open' } };
  assert.deepEqual(stateOf?.(open), ['circuit half-open', 'bad']);
  const erring = { ...well, signals: { errors: 1 } };
  assert.deepEqual(stateOf?.(erring), ['errors above 5 %', 'bad']);
  const crashed = { ...well, problem: { code: 'REPLICA_DIED', message: 'it died', at: 0 } };
  const dying = { ...well, problem: { ...crashed.problem, code: 'REPLICAS_KEEP_DYING' } };
  assert.deepEqual(stateOf?.(dying, 60_000), ['keeps dying', 'bad']);
  assert.deepEqual(stateOf?.(dying, 200_000), ['steady', 'good']);
  assert.equal(problemText?.(crashed, 120_000), '2 min ago: it died');
  assert.equal(problemText?.(crashed, 601_000), null);
  assert.equal(problemText?.({ ...crashed, ready: 1 }, 601_000), 'it died');
});

test('the chart leaves a gap where the rate is not known, and replicas go in steps', async () => {
  const { segments, linePath, stepPath } = await load('./chart-path.js');
  const points = [1, 2, null, 3].map((rps, at) => ({ at, rps }));
  const rps = (point: { rps: number | null }): number | null => point.rps;
  assert.deepEqual(segments?.(points, rps), [[points[0], points[1]], [points[3]]]);
  const corners = [
    [0, 10],
    [5, 20.04],
  ];
  assert.equal(linePath?.(corners), 'M0 10L5 20');
  assert.equal(stepPath?.(corners), 'M0 10H5V20');
});

test('a crash loop, a deployment and sleep have words of their own', async () => {
  const { stateOf } = await load('./words.js');
  const well = { ready: 2, desired: 2, pinned: null, brakeErrors: null, signals: {}, replicas: [] };
  assert.deepEqual(stateOf?.({ ...well, deploying: true }), ['deploying', 'held']);
  assert.deepEqual(stateOf?.({ ...well, asleep: true }), ['asleep', 'held']);
  const problem = { code: 'CRASH_LOOP' };
  assert.deepEqual(stateOf?.({ ...well, ready: 1, problem }), ['crash loop', 'bad']);
});

test('a deployment is a title, its last step and facts; a file that differs names the first keys', async () => {
  const { deploymentText, progressOf, driftText, gatewayText } = await load('./words.js');
  const deployment = {
    id: 7,
    kind: 'deploy',
    service: null,
    state: 'running',
    startedAt: '2026-03-01T12:00:00Z',
    endedAt: null,
    services: [{ name: 'api', replaced: 1, of: 4 }],
    steps: [{ text: 'first' }, { text: 'api-4 takes traffic' }],
    traffic: { requests: 1200, failed: 0, p95DuringMs: 44 },
    problem: null,
  };
  assert.deepEqual(deploymentText?.(deployment, Date.parse('2026-03-01T12:00:12Z')), {
    title: 'deploy 7 is under way',
    step: 'api-4 takes traffic',
    facts: '1 of 4 replicas · 1,200 requests, 0 failed · p95 44 ms · 12 s',
  });
  assert.equal(progressOf?.(deployment), 0.25);
  const back = { ...deployment, state: 'rolled-back', problem: 'api-4 was never healthy' };
  const words = deploymentText?.(back, 0) as { title: string; step: string };
  assert.deepEqual(
    [words.title, words.step],
    ['deploy 7 was rolled back', 'api-4 was never healthy'],
  );
  const steps = ['deploy', 'restart', 'rollback'].map((kind) => {
    const service = kind === 'deploy' ? null : 'api';
    const still = { ...deployment, kind, service, state: 'interrupted' };
    return (deploymentText?.(still, 0) as { step: string } | undefined)?.step;
  });
  assert.deepEqual(steps, [
    'tidegate deploy goes on with it, tidegate rollback api takes it back',
    'tidegate restart api goes on with it, tidegate rollback api takes it back',
    'tidegate rollback api goes on with it',
  ]);
  assert.equal(driftText?.(null), null);
  assert.match(
    String(driftText?.({ keys: ['a', 'b', 'c', 'd', 'e'], problem: null })),
    /d and 1 more\. tidegate deploy applies it/,
  );
  assert.match(String(driftText?.({ keys: ['name'], problem: null })), /Not all of it/);
  assert.match(String(driftText?.({ keys: [], problem: 'x' })), /cannot be used: x/);
  assert.equal(gatewayText?.({ change: 'reloaded', reasons: [] }), null);
  assert.match(String(gatewayText?.({ change: 'died', reasons: [] })), /ended by itself/);
});

test('what happened to the gateway and to databases is told apart, and once for all services', async () => {
  const { isOfAll, together, troubleText } = await load('./words.js');
  for (const code of ['GATEWAY_TROUBLED', 'GATEWAY_DIED', 'ADOPTED', 'DATABASE_ENDED'])
    assert.equal(isOfAll?.({ code }), true, code);
  assert.equal(isOfAll?.({ code: 'CIRCUIT_OPENED' }), false);
  const early = { at: '2026-03-01T12:00:00Z', message: 'troubled' };
  const late = { at: '2026-03-01T12:01:00Z', message: 'mended' };
  assert.deepEqual(together?.([early], [late, { ...early }]), [late, early]);
  assert.equal(troubleText?.({ problems: [] }), null);
  assert.equal(troubleText?.({ problems: ['one', 'two'] }), 'one; two');
});
