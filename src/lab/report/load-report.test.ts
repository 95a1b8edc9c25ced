import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionView, SignalValues } from '../../web/contract.ts';
import type { LoadResult } from '../load/result.ts';
import type { RecordedPoint, Recording } from '../recording/recording.ts';
import { loadReport } from './load-report.ts';
import { recordedMarkers } from './recorded.ts';
import { renderReport } from './render-report.ts';

const STARTED_AT = Date.parse('2026-03-01T10:00:00.000Z');
const ASKED = 'Open loop, 200 requests a second for 4 s';

const RESULT: LoadResult = {
  url: 'http://127.0.0.1:8080/api',
  startedAt: '2026-03-01T10:00:00.000Z',
  durationS: 3.1,
  requests: 30,
  ok: 27,
  errors: { 'status-503': 1, timeout: 2 },
  rps: 9.7,
  latencyMs: { p50: 10, p90: 20, p95: 30, p99: 40, p999: 50, max: 60 },
  usersPeak: 4,
  generatorCpu: 0.1,
  latenessMs: { p50: 0.1, p99: 1, max: 2 },
  warnings: ['It was late.'],
  timeline: [
    span(0, 10, 10, 5),
    span(1, 20, 17, 8),
    { ...span(2, 0, 0, 0), p50Ms: null, p95Ms: null, p99Ms: null },
    { ...span(3, 1, 1, 9), spanS: 0.1 },
  ],
  expectations: [],
};

const RECORDING: Recording = {
  startedAt: STARTED_AT - 500,
  endedAt: STARTED_AT + 3200,
  gaps: [{ from: STARTED_AT + 2000, to: STARTED_AT + 2600, problem: 'Nobody answered.' }],
  services: [
    {
      name: 'api',
      points: [
        point(-400, 2, 0, 2),
        point(600, 2, 1, 3),
        point(1600, 3, 0, 3),
        point(2700, 3, 0, 3),
      ],
      decisions: [
        decision(1, -60_000, 1, 2),
        decision(2, 500, 2, 3),
        decision(3, 1500, 3, 3, 'max'),
        decision(4, 1800, 3, 3, 'max'),
        decision(5, 2800, 3, 3, 'cooldown'),
      ],
      incidents: [
        {
          at: iso(1000),
          replica: 'api-1',
          code: 'DIED',
          message: 'it ended with code 137\nlast words',
        },
      ],
    },
    { name: 'idle', points: [point(0, 1, 0, 1, null)], decisions: [], incidents: [] },
  ],
};

test('load, latency and errors stand second by second in the middle of their seconds, the last in the middle of what is left', () => {
  const { timeline } = sectionOf('Over time');
  const [load, latency, errors] = timeline?.panels ?? [];
  assert.deepEqual(
    load?.series[0]?.points.map(([atS, value]) => [Number(atS.toFixed(2)), value]),
    [
      [0.5, 10],
      [1.5, 20],
      [2.5, 0],
      [3.05, 10],
    ],
  );
  assert.deepEqual(
    latency?.series.map(({ name }) => name),
    ['p50', 'p95', 'p99'],
  );
  assert.deepEqual(
    errors?.series[0]?.points.map(([, value]) => value),
    [0, 15, null, 0],
  );
});

test('replicas of the services that did something stand on the same axis, with the gap in which nobody was heard', () => {
  const { timeline, text } = sectionOf('Over time');
  assert.deepEqual(
    timeline?.panels.map(({ title }) => title),
    ['Load', 'Latency', 'Errors', 'In flight', 'Replicas of api', 'CPU of api'],
  );
  const [ready] = timeline?.panels[4]?.series ?? [];
  assert.deepEqual(ready?.points, [
    [0, 2],
    [0.6, 2],
    [1.6, 3],
    [2.001, null],
    [2.7, 3],
    [3.2, null],
  ]);
  assert.deepEqual(text, ['The control plane was not heard from 2 s until 3 s: Nobody answered.']);
});

test('changes, new bounds and incidents are markers in order, with their reasons; what only waits is none', () => {
  const markers = sectionOf('Over time').timeline?.markers ?? [];
  assert.deepEqual(
    markers.map(({ atS, kind, title }) => [atS, kind, title]),
    [
      [0.5, 'up', 'api 2 → 3: because'],
      [1, 'incident', 'api-1: it ended with code 137'],
      [1.5, 'hold', 'api 3 → 3: because'],
    ],
  );
  assert.deepEqual(markers[0]?.lines, [
    'cpu 91 % is above 70 %',
    'linear asked for 3; after cooldown and brake 3; after limits 3; decided 3, bound by none; came about 3',
    'seen: rate 10/s, p95 12 ms, errors 0 %, CPU 50 %, in service –, queued –',
  ]);
});

test('the table counts what is marked, and nothing of the moments before the load and after it', () => {
  const [api] = RECORDING.services;
  assert.ok(api);
  const decisions = [-300, 500, 1500, 3090, 3150].map((atMs, id) => decision(id, atMs, 2, 3));
  const incidents = [-300, 1000, 3150].map((atMs) => ({
    at: iso(atMs),
    replica: null,
    code: 'X',
    message: 'x',
  }));
  const recording = { ...RECORDING, services: [{ ...api, decisions, incidents }] };
  const { sections } = loadReport({
    result: RESULT,
    asked: ASKED,
    claims: [],
    recording,
    interrupted: false,
  });
  const row = sections.find(({ heading }) => heading === 'Services')?.table?.rows[0];
  const markers = sections.flatMap(({ timeline }) => timeline?.markers ?? []);
  const marked = (kind: string): number => markers.filter((each) => each.kind === kind).length;
  assert.deepEqual(row?.slice(4), [marked('up'), marked('down'), marked('incident')]);
  assert.deepEqual(row?.slice(4), [3, 0, 1]);
});

test('an incident names whom it is about once', () => {
  const titles = (replica: string | null, message: string): string | undefined =>
    recordedMarkers(
      {
        ...RECORDING,
        services: [
          {
            name: 'app',
            points: [],
            decisions: [],
            incidents: [{ at: iso(1000), replica, code: 'X', message }],
          },
        ],
      },
      STARTED_AT,
      3,
    )[0]?.title;
  assert.equal(titles('app-1', 'app-1 fails its checks.'), 'app-1 fails its checks.');
  assert.equal(titles(null, 'app: p95 latency is 2 s.'), 'app: p95 latency is 2 s.');
  assert.equal(titles('app-1', 'app-10 was killed.'), 'app-1: app-10 was killed.');
  assert.equal(titles(null, 'app-1 was killed.'), 'app-1 was killed.');
  assert.equal(titles(null, 'apps were lost.'), 'app: apps were lost.');
  assert.equal(titles(null, 'The gateway ended.'), 'app: The gateway ended.');
});

test('the rest of the account: numbers, expectations, what to doubt, services, errors by kind', () => {
  const report = reported();
  assert.equal(report.title, 'Load on 127.0.0.1:8080/api');
  assert.equal(report.subtitle, `${ASKED}; begun 2026-03-01 10:00:00 UTC`);
  assert.match(reported(true).subtitle, /UTC; interrupted after 3\.1 s$/);
  assert.deepEqual(
    report.facts.map(({ label, value }) => `${label} ${value}`),
    [
      'Requests 30',
      'Rate 9.7/s',
      'p50 10 ms',
      'p95 30 ms',
      'p99 40 ms',
      'Errors 10 %',
      'Replicas 2 → 3',
    ],
  );
  assert.equal(sectionOf('What was expected').claims?.length, 1);
  assert.deepEqual(sectionOf('What to doubt in these figures').text, ['It was late.']);
  assert.deepEqual(sectionOf('Services').table?.rows, [['api', 2, 3, 3, 1, 0, 1]]);
  assert.deepEqual(
    sectionOf('Errors').table?.rows.map(([kind, count]) => [kind, count]),
    [
      ['timeout', 2],
      ['status-503', 1],
    ],
  );
});

test('without a project it is a report of the load alone, and of a load that failed at once, too', () => {
  const empty = {
    ...RESULT,
    requests: 0,
    ok: 0,
    errors: {},
    durationS: 0,
    timeline: [],
    warnings: [],
  };
  const report = loadReport({
    result: empty,
    asked: ASKED,
    claims: [],
    recording: null,
    interrupted: false,
  });
  assert.deepEqual(
    report.sections.map(({ heading }) => heading),
    ['Over time', 'Latency', 'The generator'],
  );
  assert.match(renderReport(report), /Nothing was recorded/);
  assert.ok(renderReport(reported()).includes('<title id="s3-p5-t">Replicas of api</title>'));
});

function reported(interrupted = false) {
  const claims = [{ text: 'p95<1s', expected: 'below 1 s', measured: '30 ms', met: true }];
  return loadReport({ result: RESULT, asked: ASKED, claims, recording: RECORDING, interrupted });
}

function sectionOf(heading: string) {
  const section = reported().sections.find((each) => each.heading === heading);
  assert.ok(section, heading);
  return section;
}

function span(
  atS: number,
  requests: number,
  ok: number,
  ms: number,
): LoadResult['timeline'][number] {
  return {
    atS,
    spanS: 1,
    requests,
    ok,
    errors: {},
    p50Ms: ms,
    p95Ms: ms * 2,
    p99Ms: ms * 3,
    inFlight: 1,
  };
}

function signals(rps: number | null): SignalValues {
  return {
    cpu: rps === null ? null : 0.5,
    rps,
    latencyP95Ms: 12,
    errors: 0,
    concurrency: null,
    queued: null,
  } as SignalValues;
}

function point(
  atMs: number,
  ready: number,
  starting: number,
  desired: number,
  rps: number | null = 10,
): RecordedPoint {
  return { at: STARTED_AT + atMs, ready, starting, draining: 0, desired, signals: signals(rps) };
}

function iso(atMs: number): string {
  return new Date(STARTED_AT + atMs).toISOString();
}

function decision(
  id: number,
  atMs: number,
  current: number,
  desired: number,
  binding: DecisionView['binding'] = 'none',
): DecisionView {
  return {
    id,
    at: iso(atMs),
    until: iso(atMs),
    times: 1,
    policy: 'linear',
    current,
    raw: desired,
    stabilised: desired,
    limited: desired,
    desired,
    applied: desired,
    binding,
    summary: `${current} → ${desired}: because`,
    reasons: ['cpu 91 % is above 70 %'],
    signals: signals(10),
  };
}
