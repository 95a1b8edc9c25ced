import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { focused, openDashboard, openLink } from '../support/browser.ts';
import { service, view } from '../support/fake-control.ts';
import { startFakeWeb } from '../support/fake-web.ts';
import { createProject } from '../support/project.ts';
import { settles, until } from '../support/until.ts';

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

/** The only one with a real project, which is what takes its time. */
test('the page of a real project is live, scales it by keyboard alone, and follows its logs', async (t) => {
  const project = await createProject(
    t,
    { name: 'shop', services: { api } },
    { 'server.cjs': SERVER },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const pinned = async (): Promise<number | null> => (await client.service('api')).pinned;
  const { page, problems, requests } = await openDashboard(t, project);
  const card = page.getByRole('region', { name: 'api', exact: true });
  const dialog = page.getByRole('dialog');

  await t.test('it is live, and asks nobody else', async () => {
    await page.getByText('live', { exact: true }).waitFor();
    assert.equal(await page.title(), 'shop · Tidegate');
    assert.equal(new URL(page.url()).hash, '', 'the code is gone from the address bar');
    const rate = page.locator('.totals .requests dd').first();
    await until('the rate is shown', async () => {
      await fetch(project.gatewayUrl);
      return /^[1-9]/.test(await rate.innerText());
    });
    const { origin } = new URL(page.url());
    assert.deepEqual(
      requests.filter((url) => new URL(url).origin !== origin),
      [],
    );
  });

  await t.test(
    'scaling through the dialog pins the count, and its decision is marked',
    async () => {
      await card.getByRole('button', { name: 'One replica of api more' }).click();
      await card.getByRole('button', { name: 'Hold at 2' }).focus();
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Hold at 2');
      await page.keyboard.press('Enter');
      await page.getByText('api is held at 2 replicas.').waitFor();
      assert.equal(await pinned(), 2);
      await page
        .getByRole('toolbar')
        .getByRole('button', { name: /1 → 2 replicas/ })
        .click();
      await dialog.getByText('Somebody holds it at this count.').waitFor();
      await page.keyboard.press('Escape');
      await card.getByRole('button', { name: 'Auto' }).click();
      await dialog.getByRole('button', { name: 'Let go' }).click();
      await page.getByText('api follows its policy again').waitFor();
      assert.equal(await pinned(), null);
    },
  );

  await t.test('logs are followed, filtered, and let go when they are closed', async () => {
    await card.getByRole('button', { name: 'All logs of api' }).click();
    const panel = page.getByRole('region', { name: 'Logs of api' });
    await panel.getByText('the tide is in').first().waitFor();
    await fetch(`${project.gatewayUrl}/a-new-line`);
    await panel.getByText('asked for /a-new-line').waitFor();
    await panel.getByLabel('Only lines that contain').fill('TIDE IS');
    await panel.getByText('asked for').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await settles('the focus is where it was', () => focused(page), 'All logs of api');
  });
  assert.deepEqual(problems, []);
});

/** A control plane in memory, and one page for all. */
test('nothing is changed before a dialog has said what will be', async (t) => {
  const web = await startFakeWeb(t);
  const [one] = service().replicas;
  web.control.current = view({ services: [service({ desired: 1, replicas: one ? [one] : [] })] });
  const { code } = await web.client.loginCode();
  const { page, problems, violations } = await openLink(t, `${web.url}/#code=${code}`);
  const card = page.getByRole('region', { name: 'api', exact: true });
  const dialog = page.getByRole('dialog');
  const count = card.getByRole('spinbutton');
  const hold = card.getByRole('button', { name: /^Hold/ });
  const changes = (): readonly unknown[] =>
    web.control.asked.filter((each) => /^(?:scale|pause|restart),/.test(String(each)));
  await hold.waitFor();

  await t.test('one that is cancelled or escaped changes nothing, nor the count', async () => {
    await card.getByRole('button', { name: 'One replica of api more' }).click();
    await hold.click();
    assert.match(await dialog.innerText(), /api goes from 1 to 2 replicas and stays there/);
    assert.match(await dialog.innerText(), /tidegate scale api 2/);
    assert.equal(await focused(page), 'Cancel');
    await dialog.getByRole('button', { name: 'Hold at 2' }).hover();
    assert.deepEqual(await violations(), []);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await settles('the count is as it was', () => count.inputValue(), '1');
    await count.fill('3');
    await hold.click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await settles('the focus is where it was', () => focused(page), 'Hold at 1');
    assert.deepEqual(changes(), []);
  });

  await t.test('a count that cannot be says why, and is not asked about', async () => {
    await count.fill('11');
    await card.getByText('10 at most').waitFor();
    await count.press('Enter');
    assert.equal(await dialog.count(), 0);
    await count.fill('1');
    await card.getByText('10 at most').waitFor({ state: 'detached' });
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
    assert.deepEqual(changes(), []);
  });
});
