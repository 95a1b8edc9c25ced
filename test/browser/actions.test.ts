import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { adminOf } from '../support/admin.ts';
import { openDashboard } from '../support/browser.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

const SERVER = `
console.log('the tide is in');
require('node:http')
  .createServer((request, response) => {
    console.log('asked for ' + request.url);
    response.end('ok');
  })
  .listen(process.env.PORT, '127.0.0.1');
`;
const api = { command: 'node server.cjs', health: { path: '/health' }, scale: { min: 1, max: 3 } };

/** One project and one browser for all: they are what takes its time. */
test('the page changes what its dialogs say, and nothing else', async (t) => {
  const project = await createProject(t, { services: { api } }, { 'server.cjs': SERVER });
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const pinned = async (): Promise<number | null> => (await client.service('api')).pinned;
  const { page, problems, violations } = await openDashboard(t, project);
  page.setDefaultTimeout(8_000);
  const card = page.getByRole('region', { name: 'api', exact: true });
  const dialog = page.getByRole('dialog');
  const hold = card.getByRole('button', { name: /^Hold/ });
  await hold.waitFor();

  await t.test('a dialog that is cancelled or escaped changes nothing', async () => {
    await chooseTwo(card);
    await hold.click();
    assert.match(await dialog.innerText(), /api goes from 1 to 2 replicas and stays there/);
    assert.match(await dialog.innerText(), /tidegate scale api 2/);
    assert.equal(await focused(page), 'Cancel');
    assert.deepEqual(await violations(), []);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await hold.click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await focused(page), 'Hold at 2', 'the focus is where it was');
    assert.equal(await pinned(), null);
  });

  await t.test('scaling through the dialog pins the count, by keyboard alone', async () => {
    await hold.focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Hold at 2');
    await page.keyboard.press('Enter');
    await page.getByText('api is held at 2 replicas.').waitFor();
    assert.equal(await pinned(), 2);
    await card.getByRole('button', { name: 'Auto' }).click();
    await dialog.getByRole('button', { name: 'Let go' }).click();
    await page.getByText('api follows its policy again').waitFor();
    assert.equal(await pinned(), null);
  });

  await t.test('another window with the same cookie can only look, and says why', async () => {
    const other = await page.context().newPage();
    await other.goto(new URL('/', page.url()).href);
    const buttons = other.getByRole('group', { name: 'Change api' }).getByRole('button');
    await buttons.first().waitFor();
    await until('all are disabled', async () =>
      (await buttons.all()).length >= 4
        ? (await Promise.all((await buttons.all()).map((each) => each.isDisabled()))).every(Boolean)
        : false,
    );
    await other.getByText('This window can only look').waitFor();
    await other.close();
  });

  await t.test('logs are followed, filtered, and let go when they are closed', async () => {
    const opener = card.getByRole('button', { name: 'All logs of api' });
    await opener.click();
    const panel = page.getByRole('region', { name: 'Logs of api' });
    await panel.getByText('the tide is in').first().waitFor();
    await fetch(`${project.gatewayUrl}/a-new-line`);
    await panel.getByText('asked for /a-new-line').waitFor();
    await panel.getByLabel('Only lines that contain').fill('TIDE IS');
    assert.deepEqual(await violations(), []);
    await panel.getByText('asked for').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'All logs of api');
  });
  assert.deepEqual(problems, []);

  await t.test('a refusal stays in the dialog, with what to do', async () => {
    await card.getByRole('button', { name: 'Pause' }).click();
    await page.route('**/api/v1/services/api/pause', (route) =>
      route.continue({ headers: { ...route.request().headers(), 'x-tidegate-key': 'another' } }),
    );
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await dialog.getByText('its key does not fit').waitFor();
    assert.match(await dialog.innerText(), /fresh link/);
    await dialog.getByRole('button', { name: 'Close' }).click();
    assert.equal((await client.service('api')).paused, false);
  });
});

// Private

async function chooseTwo(card: Locator): Promise<void> {
  await card.getByRole('button', { name: 'One replica of api more' }).click();
  assert.equal(await card.getByRole('spinbutton').inputValue(), '2');
}

/** The name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
  });
}
