/**
 * `npm run pictures`: the pictures of `docs/pictures/`. Starts the shop on free ports, loads it for four minutes with a
 * report, and looks at the dashboard and at the report in the machine's Chromium. Look at them before they are committed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Client } from '../src/web/client.ts';
import { freePort } from '../src/lab/labs/free-port.ts';
import { startTidegateChild, TIDEGATE } from '../src/lab/labs/tidegate-child.ts';
import { chromiumPath } from '../test/support/chromium.ts';

type Scheme = 'light' | 'dark';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
/** Up, down and up again. */
const STAGES = '30s:40,30s:110,20s:110,40s:15,30s:15,30s:110,20s:110,30s:10';
/** On the way up for the second time, some replicas are about to come. */
const LOOK_AT_MS = 185_000;

const root = join(import.meta.dirname, '..');
const shop = join(root, 'examples/shop');
const pictures = join(root, 'docs/pictures');
const scratch = mkdtempSync(join(tmpdir(), 'tidegate-pictures-'));
mkdirSync(pictures, { recursive: true });

const child = startTidegateChild({
  folder: shop,
  errors: 'show',
  env: {
    TIDEGATE_GATEWAY_PORT: String(await freePort()),
    TIDEGATE_ADMIN_PORT: String(await freePort()),
  },
});
let browser: Browser | null = null;
try {
  const { client, status } = await child.ready();
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  const report = join(scratch, 'load.html');
  const load = startLoad(`${status.gateway.url}/api/users/7`, report);
  await delay(LOOK_AT_MS);
  console.log('The dashboard…');
  for (const scheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, scheme, WIDE);
    await openDashboard(page, client, status.admin.url);
    await take(page, `dashboard-${scheme}`);
    if (scheme === 'light') await takeDecision(page);
    await page.setViewportSize(NARROW);
    await take(page, `dashboard-narrow-${scheme}`);
    await page.context().close();
  }
  await load;
  console.log('The report…');
  for (const scheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, scheme, WIDE);
    await page.goto(pathToFileURL(report).href);
    await take(page, `report-${scheme}`);
    await page.setViewportSize(NARROW);
    await take(page, `report-narrow-${scheme}`);
    await page.context().close();
  }
} finally {
  await browser?.close();
  await child.stop();
  rmSync(scratch, { recursive: true, force: true });
}

// Private

async function startLoad(url: string, report: string): Promise<void> {
  const load = spawn(
    TIDEGATE,
    ['load', url, '--rate', '10', '--stages', STAGES, '--report', report],
    { cwd: shop, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const [code] = (await once(load, 'close')) as [number | null];
  if (code !== 0) throw new Error(`tidegate load ended with ${code}`);
}

async function openPage(
  from: Browser,
  colorScheme: Scheme,
  viewport: { width: number; height: number },
): Promise<Page> {
  const context = await from.newContext({ colorScheme, viewport });
  return context.newPage();
}

async function openDashboard(page: Page, client: Client, adminUrl: string): Promise<void> {
  const { code } = await client.loginCode();
  await page.goto(`${adminUrl}/#code=${code}`);
  await page.getByRole('heading', { name: 'api', exact: true }).waitFor();
  // The history and the first events.
  await delay(3000);
}

/** The card of the newest decision of the service under load. */
async function takeDecision(page: Page): Promise<void> {
  await page
    .getByLabel(/^Decisions and incidents of api:/)
    .locator('.up, .down')
    .last()
    .click();
  await delay(300);
  await take(page, 'decision');
  await page.keyboard.press('Escape');
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  console.log(`  docs/pictures/${name}.png`);
}
