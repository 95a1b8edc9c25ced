import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES, indexOf } from '../series.ts';
import {
  PANELS,
  PANELS_BOTTOM,
  RAIL_HEIGHT,
  namedSeries,
  niceTop,
  scaleOf,
  seriesOf,
} from './panels.ts';
import type { Panel } from './panels.ts';

const [LOAD, , REPLICAS] = PANELS as readonly [Panel, Panel, Panel];

test('every panel has its own part of the height, and every series a panel', () => {
  for (const [index, panel] of PANELS.entries()) {
    assert.ok(panel.headTop < panel.top && panel.top < panel.bottom);
    assert.ok(panel.headTop >= (PANELS[index - 1]?.bottom ?? RAIL_HEIGHT));
  }
  assert.equal(PANELS.flatMap(seriesOf).length, SERIES.length);
});

test('what few services have is named only where this one has some, be it none', () => {
  const at = (values: Record<string, number>) => ({
    at: 0,
    weight: 1,
    values: SERIES.map(({ key }) => values[key] ?? null),
  });
  const keys = (...values: Record<string, number>[]): readonly string[] =>
    namedSeries(values.map(at)).map(({ key }) => key);
  const usual = keys({});
  assert.deepEqual(usual, keys());
  assert.ok(usual.includes('failed') && !usual.includes('expected'));
  const more = keys({ requests: 1 }, { expected: 3, 'shadow-slo': 0 });
  assert.deepEqual(
    more.filter((key) => !usual.includes(key)),
    ['expected', 'shadow-slo'],
  );
  assert.ok(indexOf('shadow-predictive') > indexOf('wanted'));
});

test('nothing to the top of a scale takes exactly the height of its panel', () => {
  for (const panel of PANELS) {
    const [min, max] = scaleOf(panel, 200);
    const y = (value: number): number =>
      PANELS_BOTTOM - ((value - min) / (max - min)) * (PANELS_BOTTOM - RAIL_HEIGHT);
    assert.deepEqual([Math.round(y(0)), Math.round(y(200))], [panel.bottom, panel.top]);
  }
});

test('a scale ends at a round number above the largest value, and noise at rest is no mountain', () => {
  const tops = [null, 0.02, 1.2, 37, 212, 1000, 1001].map((value) => niceTop(value, LOAD));
  assert.deepEqual(tops, [1, 1, 1.5, 40, 300, 1000, 1500]);
  const counts = [1, 2, 3, 5, 7, 9, 12].map((value) => niceTop(value, REPLICAS));
  assert.deepEqual(counts, [2, 2, 4, 6, 8, 10, 15]);
});
