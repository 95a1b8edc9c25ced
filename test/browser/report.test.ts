import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { renderReport } from '../../src/lab/report/render-report.ts';
import type { Report } from '../../src/lab/report/report.ts';
import { openLink } from '../support/browser.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { settles } from '../support/until.ts';

const REPORT: Report = {
  title: 'Load on <b>a service with a long name</b> that is no markup',
  subtitle: 'Open loop, 50 requests a second for 10 s',
  facts: [{ label: 'Errors', value: '3 %', tone: 'bad' }],
  sections: [
    {
      heading: 'Over time',
      claims: [
        {
          text: 'p95<300ms',
          expected: 'below 300 ms, over all that was sent from the first second to the last one',
          measured: '1.2 s',
          met: false,
        },
      ],
      timeline: {
        startedAt: 0,
        durationS: 10,
        panels: [
          {
            title: 'Load',
            unit: 'requests/s',
            series: [
              {
                name: 'ended',
                shape: 'area',
                tone: 'load',
                points: Array.from({ length: 10 }, (_, at) => [at + 0.5, at * 7] as const),
              },
            ],
          },
          {
            title: 'Latency',
            unit: 'ms',
            series: ['p50', 'p95', 'p99'].map((name, index) => ({
              name,
              shape: 'line' as const,
              tone: 'latency' as const,
              points: [
                [0, 10 * index],
                [9, 20 * index],
              ],
            })),
          },
        ],
        markers: [{ atS: 4, kind: 'up', title: 'api 2 → 3', lines: ['cpu was above 70 %'] }],
      },
    },
    { heading: 'Errors', table: { columns: ['kind', 'count'], rows: [['timeout', 3]] } },
    {
      heading: 'Services',
      table: {
        columns: [
          'service',
          'replicas at first',
          'at most',
          'at last',
          'decided up',
          'decided down',
        ],
        rows: [['api', '2.5 s', 3, 2, 1, 1]],
      },
    },
  ],
};

test('a report asks nobody for anything, is legible light, dark and narrow, and tells the values under the pointer', async (t) => {
  const link = linkOf(t);
  const { page, problems, requests, violations } = await openLink(t, link);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(), [], colorScheme);
  }
  const box = await page.locator('.panel .plot svg').first().boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.55, box.y + 50);
  const legend = page.locator('.legend b').first();
  await settles('the value', () => legend.innerText(), '35 requests/s');
  await settles('its moment', () => page.locator('.readout').innerText(), 'At 5 s:');
  await page.setViewportSize({ width: 390, height: 800 });
  const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  await settles('no wider than the window', width, 390);
  const lines = await page.locator('.claims dt').evaluateAll((labels) =>
    labels.map((label) => {
      const text = document.createRange();
      text.selectNodeContents(label);
      return text.getClientRects().length;
    }),
  );
  assert.deepEqual(lines, [1, 1], 'a label is broken in two');
  assert.deepEqual(await violations(), [], 'narrow');
  assert.deepEqual(requests, [link]);
  assert.deepEqual(problems, []);
});

test('percentiles are told apart without their colour', async (t) => {
  const { page } = await openLink(t, linkOf(t));
  for (const media of ['screen', 'print'] as const) {
    await page.emulateMedia({ media });
    for (const where of ['.key .series.latency', '.plot .series.latency']) {
      const looks = await page.locator(where).evaluateAll((lines) =>
        lines.map((line) => {
          const { strokeDasharray, strokeWidth } = getComputedStyle(line);
          return { strokeDasharray, strokeWidth };
        }),
      );
      const [dashes, widths] = [
        new Set(looks.map(({ strokeDasharray }) => strokeDasharray)),
        new Set(looks.map(({ strokeWidth }) => strokeWidth)),
      ];
      assert.deepEqual([looks.length, dashes.size, widths.size], [3, 3, 3], `${media} ${where}`);
    }
  }
});

test('a table that is cut at the edge of a phone shows that there is more, until one is there', async (t) => {
  const { page } = await openLink(t, linkOf(t), { viewport: { width: 390, height: 800 } });
  const table = page.getByRole('region', { name: 'Services' });
  assert.ok(await table.evaluate((region) => region.scrollWidth > region.clientWidth + 20));
  const edge = async (): Promise<Buffer> => {
    const box = await table.boundingBox();
    assert.ok(box);
    // Below the last line of text, where nothing but the ground and the shadow can be.
    return page.screenshot({
      clip: { x: box.x + box.width - 6, y: box.y + box.height - 4, width: 4, height: 2 },
    });
  };
  await table.scrollIntoViewIfNeeded();
  const cut = await edge();
  await table.evaluate((region) => region.scrollTo({ left: region.scrollWidth }));
  assert.notDeepEqual(cut, await edge());
});

test('without a script a marker opens its reasons', async (t) => {
  const link = linkOf(t);
  const { page } = await openLink(t, link, { javaScriptEnabled: false });
  const reason = page.getByText('cpu was above 70 %');
  assert.equal(await reason.isVisible(), false);
  await page.goto(`${link}#s1-1`);
  await reason.waitFor({ state: 'visible' });
});

test('on paper every reason is written out, and no table of seconds', async (t) => {
  const { page } = await openLink(t, linkOf(t), { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  await page.getByText('cpu was above 70 %').waitFor({ state: 'visible' });
  assert.equal(await page.getByText('The same as a table').isVisible(), false);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, 'rgb(255, 255, 255)');
});

function linkOf(t: Parameters<typeof temporaryFolder>[0]): string {
  const path = join(temporaryFolder(t), 'report.html');
  writeFileSync(path, renderReport(REPORT));
  return pathToFileURL(path).href;
}
