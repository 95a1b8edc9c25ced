import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openLink } from '../support/browser.ts';
import { decision, deployment, service, view } from '../support/fake-control.ts';
import { startFakeWeb } from '../support/fake-web.ts';

const LONG_NAME = 'a-service-with-a-long-name-for-catalogue';
const [REPLICA] = service().replicas as [ReturnType<typeof service>['replicas'][number]];

/** A control plane in memory: all that a page may have to show at once, and nothing to wait for. */
const CROWDED = view({
  services: [
    service({ lastDecision: decision(1) }),
    service(
      {
        desired: 16,
        replicas: Array.from({ length: 16 }, (_, at) => ({
          ...REPLICA,
          id: `many-${at}`,
          healthy: at > 3,
        })),
      },
      'many',
    ),
    service({}, LONG_NAME),
    service(
      {
        replicas: [],
        problem: { code: 'CRASH_LOOP', message: 'It died.', at: 0, log: ['x'.repeat(300)] },
      },
      'broken',
    ),
  ],
  deployment: deployment(),
  gatewayProblems: ['The certificate ends tomorrow.'],
});

test('a page with much to show stays legible, leads to each service, and says when it is not live', async (t) => {
  const web = await startFakeWeb(t);
  web.control.current = CROWDED;
  const { code } = await web.client.loginCode();
  const { page, problems, violations } = await openLink(t, `${web.url}/#code=${code}`);
  await page.getByText('live', { exact: true }).waitFor();
  for (const width of [1280, 700, 390]) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await sticksOut(page), [], `${width} px`);
  }
  assert.deepEqual(await violations(), []);

  const services = page.getByRole('navigation', { name: 'Services' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await services.getByRole('link', { name: 'broken crash loop 0 of 3' }).click();
  const heading = await page.getByRole('heading', { name: 'broken' }).boundingBox();
  const top = await page.getByRole('banner').boundingBox();
  assert.ok(heading && top && heading.y > top.height && heading.y < 800, 'in view, below the top');
  assert.deepEqual(problems, []);

  const rows = page.getByRole('region', { name: 'Replicas of many' }).getByRole('row');
  assert.equal(await rows.count(), 17);
  await web.close();
  await page.getByText(/^reconnecting · as of \d\d:\d\d:\d\d$/).waitFor();
  assert.equal(await rows.count(), 17, 'what was known stays');
});

// Private

/** What is wider than its place: numbers that run into the next one, and whatever makes the page scroll sideways. */
function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const numbers = [...document.querySelectorAll<HTMLElement>('.numbers dd, .totals dd')];
    const wide = numbers.filter((each) => each.scrollWidth > each.clientWidth);
    const { scrollWidth, clientWidth } = document.documentElement;
    return [
      ...wide.map((each) => each.textContent),
      ...(scrollWidth > clientWidth ? [`the page: ${scrollWidth} px`] : []),
    ];
  });
}
