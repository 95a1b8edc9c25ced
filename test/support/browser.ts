import { after } from 'node:test';
import type { TestContext } from 'node:test';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';
import type { Project } from './project.ts';

/** The page in a browser, signed in, with all that went wrong on the way. */
export interface Dashboard {
  readonly page: Page;
  /** Errors on the console, uncaught ones, and what its policy refused. */
  readonly problems: readonly string[];
  /** Every address it asked for. */
  readonly requests: readonly string[];
  /** What a screen reader would stumble over, as sentences. */
  violations(): Promise<readonly string[]>;
}

/** Opens the page of a running project by a link that works once; closed after the test. */
export async function openDashboard(
  t: Pick<TestContext, 'after'>,
  project: Pick<Project, 'json'>,
  options: BrowserContextOptions = {},
): Promise<Dashboard> {
  const { url } = await project.json<{ url: string }>('dashboard', '--no-open');
  return openLink(t, url, options);
}

/** The same with a link that one has. */
export async function openLink(
  t: Pick<TestContext, 'after'>,
  link: string,
  options: BrowserContextOptions = {},
): Promise<Dashboard> {
  const browser = await theBrowser();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    // Colours are looked at when they have arrived.
    reducedMotion: 'reduce',
    ...options,
  });
  t.after(() => context.close());
  // Not as a script tag, which the policy of the page refuses.
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const [problems, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(link);
  return { page, problems, requests, violations: () => violationsOf(page) };
}

/** The name of what has the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
  });
}

// Private

/** One for a test file: a hook of a test would end it with that test. */
let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

function theBrowser(): Promise<Browser> {
  if (!browser) {
    // Its sandbox takes a setuid program or namespaces, which a container may lack; it sees nothing but our page.
    browser = chromium.launch({
      executablePath: chromiumPath(),
      args: ['--no-sandbox'],
      timeout: 90_000,
    });
  }
  return browser;
}

/** Rules of WCAG 2.2, A and AA, and what is good practice. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`,
    ),
  );
}
