/**
 * `npm run pictures:backtest`: the pictures of back-tests in `docs/pictures/`, from the reports of replays of the trace `llm`, in
 * about a minute. Look at them before they are committed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { TIDEGATE } from '../src/lab/labs/tidegate-child.ts';
import { chromiumPath } from '../test/support/chromium.ts';

const OWN = ['linear', 'exponential', 'target', 'predictive', 'slo'];

/** What is taken of which report: as narrow as keeps the text readable on a page. */
const TAKEN: readonly { name: string; part: string; options: readonly string[] }[] = [
  ...OWN.map((name) => ({
    name: `backtest-${name}`,
    part: '.timeline',
    options: policies(name),
  })),
  { name: 'backtest-time', part: '.timeline', options: policies('slo', 'hpa', 'kpa') },
  {
    name: 'backtest-fronts',
    part: '.fronts',
    options: ['--sweep', ...policies('slo', 'predictive', 'hpa', 'kpa', 'keda', 'aws', 'static')],
  },
];

const scratch = mkdtempSync(join(tmpdir(), 'tidegate-pictures-'));
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
try {
  for (const { name, part, options } of TAKEN) {
    const report = join(scratch, `${name}.html`);
    await simulate([...options, '--report', report]);
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: 960, height: 900 };
      const page = await browser.newPage({ colorScheme, viewport });
      await page.goto(pathToFileURL(report).href);
      const path = join(import.meta.dirname, `../docs/pictures/${name}-${colorScheme}.png`);
      await page.locator(part).screenshot({ path });
      console.log(path);
      await page.close();
    }
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}

// Private

function policies(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ['--policy', name]);
}

async function simulate(options: readonly string[]): Promise<void> {
  const child = spawn(
    TIDEGATE,
    ['simulate', '--no-config', '--trace', 'llm', '--seeds', '1', ...options],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`tidegate simulate ended with ${code}`);
}
