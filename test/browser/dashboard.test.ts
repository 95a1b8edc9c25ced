import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openDashboard } from '../support/browser.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

/** Where the keyboard is. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
}

test('the page shows a project live, its decisions open by keyboard, and nobody is kept out', async (t) => {
  const project = await createProject(
    t,
    {
      name: 'shop',
      services: { api: { command: ['node', 'server.cjs'], scale: { min: 1, max: 3 } } },
    },
    { 'server.cjs': helloServer() },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const { page, problems, requests, violations } = await openDashboard(t, project);

  await page.getByRole('heading', { name: 'api', exact: true }).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  assert.equal(await page.title(), 'shop · Tidegate');
  assert.equal(new URL(page.url()).hash, '', 'the code is gone from the address bar');
  const rate = page.locator('.totals .requests dd').first();
  await until('the rate is shown', async () => {
    await fetch(project.gatewayUrl);
    return /^[1-9]/.test(await rate.innerText());
  });

  const scaled = await project.run('scale', 'api', '2');
  assert.equal(scaled.code, 0, scaled.err);
  const marker = page.getByRole('toolbar').getByRole('button', { name: /1 → 2 replicas/ });
  await marker.focus();
  const label = await focused(page);
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: /Decision on api/ });
  await card.getByText('Somebody holds it at this count.').waitFor();
  assert.match(await focused(page), /Decision on api: 1 → 2/);
  assert.deepEqual(await violations(), [], 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.deepEqual(await violations(), [], 'dark');
  await page.keyboard.press('Escape');
  assert.equal(await card.count(), 0);
  assert.equal(await focused(page), label, 'the focus is where it was');

  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByText('As a table').click();
  await page.getByRole('region', { name: 'Timeline of api as a table' }).waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `${width} px wide`);
  assert.deepEqual(await violations(), [], 'narrow');

  const { origin } = new URL(page.url());
  assert.deepEqual(
    requests.filter((url) => new URL(url).origin !== origin),
    [],
  );
  assert.deepEqual(problems, []);
});
