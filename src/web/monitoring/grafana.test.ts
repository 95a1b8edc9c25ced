import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { fullPage } from '../../../test/support/full-page.ts';
import { expressionsOf, metricsIn, seriesOf } from '../../../test/support/promql.ts';
import { promtool } from '../../../test/support/promtool.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { grafanaDashboard } from './grafana.ts';

interface PanelShown {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly panels?: readonly PanelShown[];
}

const dashboard = grafanaDashboard('shop') as {
  readonly panels: readonly PanelShown[];
  readonly templating: { readonly list: readonly { name: string; definition?: string }[] };
};
const everyPanel = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);

test('every metric and label that the dashboard asks for is on the page of a project that has everything', () => {
  const known = seriesOf(fullPage());
  const asked = [
    ...expressionsOf(dashboard),
    ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
  ].flatMap(metricsIn);
  assert.ok(asked.length > 40);
  for (const { name, labels } of asked) {
    const there = known.get(name);
    assert.ok(there, `${name} is a metric`);
    // `project` is what the scrape configuration adds.
    for (const label of labels.filter((each) => each !== 'project'))
      assert.ok(there.has(label), `${name} has ${label}`);
  }
});

test('the dashboard leaves nothing out that the page has', () => {
  const shown = new Set(
    expressionsOf(dashboard)
      .flatMap(metricsIn)
      .map(({ name }) => name),
  );
  const families = [...fullPage().matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  const missing = families.filter(
    (name) => !shown.has(name) && !shown.has(`${name}_bucket`) && !shown.has(`${name}_limit`),
  );
  assert.deepEqual(missing, ['tidegate_build_info']);
});

test('labels in the names of curves are those by which they are told apart', () => {
  const known = seriesOf(fullPage());
  for (const { title, targets } of everyPanel as readonly (PanelShown & {
    readonly targets?: readonly { expr: string; legendFormat: string }[];
  })[]) {
    for (const { expr, legendFormat } of targets ?? []) {
      const [, by] = /by \(([a-z, ]+)\)/.exec(expr) ?? [];
      const kept = by?.split(', ') ?? [...(known.get(metricsIn(expr)[0]?.name ?? '') ?? [])];
      for (const [, label = ''] of legendFormat.matchAll(/\{\{([a-z]+)\}\}/g))
        assert.ok(kept.includes(label), `${title}: ${label} of ${expr}`);
    }
  }
});

test('promtool understands every expression', (t) => {
  const rules = expressionsOf(dashboard).map((expr, index) => ({ record: `test:q${index}`, expr }));
  const file = join(temporaryFolder(t), 'rules.yml');
  writeFileSync(file, stringify({ groups: [{ name: 'test', rules }] }));
  promtool(['check', 'rules', file]);
});

test('panels have ids of their own, stand in the grid and on no other', () => {
  const ids = everyPanel.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const taken = new Set<string>();
  for (const { title, gridPos } of everyPanel) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let { x } = gridPos; x < gridPos.x + gridPos.w; x++)
      for (let { y } = gridPos; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!taken.has(`${x} ${y}`), `${title} stands on another`);
        taken.add(`${x} ${y}`);
      }
  }
});
