import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedPoint, Recording } from '../recording/recording.ts';
import { ofServices, recordedTimeline, signalPanel } from './recorded-timeline.ts';

const RECORDING = {
  startedAt: 1000,
  endedAt: 5000,
  gaps: [],
  services: [service('other', [9]), service('worker', [0, 40, null])],
} as unknown as Recording;

test('a timeline lasts as long as its recording and begins with the panels of its own', () => {
  const worker = ofServices(RECORDING, 'worker');
  const waiting = signalPanel(worker, {
    title: 'Waiting tasks',
    unit: 'tasks',
    tone: 'load',
    value: ({ signals }) => signals.backlog,
  });
  assert.deepEqual(waiting.series[0]?.points, [
    [0, 0],
    [1, 40],
    [2, null],
  ]);
  const { durationS, panels } = recordedTimeline(worker, [waiting]);
  assert.equal(durationS, 4);
  assert.deepEqual(
    panels.map(({ title }) => title),
    ['Waiting tasks', 'Replicas of worker'],
  );
});

test('where nothing was heard a signal is not known', () => {
  const gap = { from: 3000, to: null, problem: 'away' };
  const panel = signalPanel(ofServices({ ...RECORDING, gaps: [gap] }, 'other'), {
    title: 'Waiting tasks',
    unit: 'tasks',
    tone: 'load',
    value: ({ signals }) => signals.backlog,
  });
  assert.deepEqual(panel.series[0]?.points, [
    [0, 9],
    [2.001, null],
  ]);
});

function service(name: string, backlogs: readonly (number | null)[]): unknown {
  const points = backlogs.map((backlog, index) => ({
    at: 1000 + index * 1000,
    ready: index,
    starting: 0,
    draining: 0,
    desired: index,
    signals: { backlog, cpu: null, rps: null } as unknown as RecordedPoint['signals'],
  }));
  return { name, points, decisions: [], incidents: [] };
}
