import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { focused, openLink } from '../support/browser.ts';
import { T0, decision, deployment, service, view } from '../support/fake-control.ts';
import { startFakeWeb } from '../support/fake-web.ts';
import { settles, until } from '../support/until.ts';

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
    await settles(`${width} px`, () => sticksOut(page), []);
  }
  assert.deepEqual(await violations(), []);
  const many = page.getByRole('region', { name: 'Replicas of many' });
  await until(
    'that the table goes on to the right is seen',
    async () => (await shadeOf(many)) > 15,
  );
  await many.evaluate((node) => node.scrollTo(node.scrollWidth, 0));
  await until('and that it ends', async () => (await shadeOf(many)) < 5);

  const services = page.getByRole('navigation', { name: 'Services' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await services.getByRole('link', { name: 'broken crash loop 0 of 3' }).click();
  await until('it is in view, below the top', async () => {
    const heading = await page.getByRole('heading', { name: 'broken' }).boundingBox();
    const top = await page.getByRole('banner').boundingBox();
    return heading && top && heading.y > top.height && heading.y < 800;
  });
  assert.deepEqual(problems, []);

  const rows = many.getByRole('row');
  assert.equal(await rows.count(), 17);
  await web.close();
  await page.getByText(/^reconnecting · as of \d\d:\d\d:\d\d$/).waitFor();
  assert.equal(await rows.count(), 17, 'what was known stays');
});

/** One decision by itself, then two with a death between them. */
test('decisions and incidents share the axis, by keyboard, by eye and by ear', async (t) => {
  const web = await startFakeWeb(t);
  web.clock.at = T0 + 240_000;
  web.control.stored = [
    decision(4, { at: T0 + 206_000, until: T0 + 230_000, current: 3, desired: 4, limited: 4 }),
    decision(3, { at: T0 + 203_000 }),
    decision(2, { at: T0 + 100_000 }),
  ];
  web.control.happened = [
    {
      at: T0 + 205_000,
      service: 'api',
      replica: 'api-2',
      code: 'REPLICA_DIED',
      message: 'api-2 ended.',
    },
    {
      at: T0 + 30_000,
      service: 'api',
      replica: null,
      code: 'GATEWAY_DIED',
      message: 'It ended by itself.',
    },
    {
      at: T0 + 60_000,
      service: 'api',
      replica: null,
      code: 'DEPLOYMENT_ENDED',
      message: 'restart 1 is done.',
    },
  ];
  const [lastDecision] = web.control.stored;
  web.control.current = view({ services: [service({ lastDecision: lastDecision ?? null })] });
  const { code } = await web.client.loginCode();
  const { page, problems, violations } = await openLink(t, `${web.url}/#code=${code}`);
  const rail = page.getByRole('toolbar');
  const cluster = rail.getByRole('button', { name: /^2 decisions, 1 incident around/ });
  const death = rail.getByRole('button', { name: /Gateway died, It ended by itself/ });
  const dialog = page.getByRole('dialog');
  await cluster.waitFor();
  await page.getByText(/; 3 decisions, 3 incidents\.$/).waitFor({ state: 'attached' });

  await t.test(
    'arrows go through both kinds, and a cluster is read from one to the next',
    async () => {
      await death.focus();
      await page.keyboard.press('ArrowRight');
      assert.match(await focused(page), /Deployment ended, restart 1 is done/);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      const label = await focused(page);
      assert.match(label, /^2 decisions, 1 incident/);
      await page.keyboard.press('Enter');
      await dialog.getByText('3 of 3 here').waitFor();
      await until('it is read', async () =>
        (await focused(page)).startsWith('Decision on api: 3 → 4'),
      );
      await page.getByRole('button', { name: 'Earlier' }).click();
      await dialog.getByText('2 of 3 here').waitFor();
      await until('it is read', async () =>
        /^Incident on api: Replica died(?:\n|$)/.test(await focused(page)),
      );
      await dialog.getByText('api-2 ended.').waitFor();
      assert.equal(await cluster.getAttribute('aria-expanded'), 'true');
      assert.deepEqual(await violations(), [], 'light');
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.deepEqual(await violations(), [], 'dark');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await settles('the focus is where it was', () => focused(page), label);
    },
  );

  await t.test('an open mark is seen under the pointer', async () => {
    for (const mark of await rail.getByRole('button').all()) {
      await mark.click();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const contrast = await contrastOf(mark);
        const name = await mark.getAttribute('aria-label');
        assert.ok(contrast > 4.5, `${name}, ${colorScheme}: ${contrast.toFixed(1)}`);
      }
      await mark.click();
    }
    await settles('it is closed', () => dialog.count(), 0);
  });

  await t.test('both stand in the table, too', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByText('As a table').click();
    const table = page.getByRole('region', { name: 'Timeline of api as a table' });
    await table.getByText('Gateway died: It ended by itself.').waitFor();
    assert.equal(await table.getByText(/^2 → 3 replicas: /).count(), 2);
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    await settles('no wider than the window', width, 390);
  });
  assert.deepEqual(problems, []);
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

/** How much darker than the card its right edge is, below the head of the table, 0 to 255. */
async function shadeOf(region: Locator): Promise<number> {
  await region.scrollIntoViewIfNeeded();
  const png = await region.screenshot({ animations: 'disabled' });
  return region.evaluate(
    async (_node, bytes) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const drawing = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      drawing.drawImage(picture, 0, 0);
      const { data } = drawing.getImageData(picture.width - 3, 60, 1, picture.height - 120);
      const reds = data.filter((_value, at) => at % 4 === 0).sort((one, other) => one - other);
      return 255 - (reds[Math.floor(reds.length / 2)] ?? 0);
    },
    [...png],
  );
}

/** Of what stands in it against what is behind it, as WCAG counts it. */
function contrastOf(mark: Locator): Promise<number> {
  return mark.evaluate((node) => {
    const { color, backgroundColor } = getComputedStyle(node);
    const [one = 0, other = 0] = [color, backgroundColor].map((text) => {
      const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    });
    return Math.max(one, other) / Math.min(one, other);
  });
}
