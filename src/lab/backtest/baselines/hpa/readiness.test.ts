import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { View } from '../../scaler.ts';
import { createReadiness } from './readiness.ts';

const WINDOW = 15_000;

test('what starts is unready, and what became ready until its metric reaches back no further than that', () => {
  const readiness = createReadiness();
  readiness.note(view(1_000, { ready: 3, starting: 2 }));
  assert.equal(readiness.unready(1_000, 1_000, WINDOW), 2);
  readiness.note(view(10_000, { ready: 5, started: [9_000, 8_000] }));
  assert.equal(readiness.unready(24_000, 24_000, WINDOW), 2);
  assert.equal(readiness.unready(25_000, 25_000, WINDOW), 0);
});

test('a pod that took longer than five minutes to start counts at once', () => {
  const readiness = createReadiness();
  readiness.note(view(0, { ready: 1, starting: 1 }));
  readiness.note(view(400_000, { ready: 2, started: [301_000] }));
  assert.equal(readiness.unready(400_000, 385_000, WINDOW), 0);
});

test('the youngest are the first to go', () => {
  const readiness = createReadiness();
  readiness.note(view(0, { ready: 3 }));
  readiness.note(view(10_000, { ready: 5, started: [9_000, 9_000] }));
  readiness.note(view(11_000, { ready: 4 }));
  assert.equal(readiness.unready(12_000, 12_000, WINDOW), 1);
  readiness.note(view(12_000, { ready: 2 }));
  assert.equal(readiness.unready(13_000, 13_000, WINDOW), 0);
});

function view(now: number, of: Partial<View>): View {
  return { now, ready: 0, starting: 0, started: [], ...of } as View;
}
