import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { openLink } from '../support/browser.ts';
import { decision, service, view } from '../support/fake-control.ts';
import { startFakeWeb } from '../support/fake-web.ts';
import type { FakeWeb } from '../support/fake-web.ts';
import { until } from '../support/until.ts';

/** A second each, as the control plane tells it: an hour. */
const HOUR_OF_EVENTS = 3600;
/** After these the range that is shown has been full for five minutes. */
const FIRST = 600;

interface Held {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

test('a page that is open for an hour holds no more than after ten minutes', async (t) => {
  const web = await startFakeWeb(t);
  const { code } = await web.client.loginCode();
  const { page, problems } = await openLink(t, `${web.url}/#code=${code}`);
  // Its clock goes as the events do.
  await page.clock.install({ time: web.clock.at });
  await page.reload();
  await page.locator('.service canvas').first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');

  await tell(web, page, 0, FIRST);
  const early = await held(session);
  await tell(web, page, FIRST, HOUR_OF_EVENTS);
  const late = await held(session);
  const kB = (bytes: number): number => Math.round(bytes / 1024);
  t.diagnostic(
    `after ${FIRST} events ${kB(early.heapBytes)} kB, ${early.nodes} nodes, ${early.listeners} listeners; ` +
      `after ${HOUR_OF_EVENTS} ${kB(late.heapBytes)} kB, ${late.nodes} nodes, ${late.listeners} listeners`,
  );
  assert.ok(late.heapBytes < early.heapBytes * 1.15 + 512 * 1024, 'the heap');
  assert.ok(late.nodes < early.nodes * 1.15 + 100, 'nodes of the document');
  assert.ok(late.listeners < early.listeners * 1.15 + 50, 'listeners');
  assert.deepEqual(problems, []);
});

// Private

/** A second at a time: load that swells and ebbs, replicas and decisions that follow, a service that comes and goes. */
async function tell(web: FakeWeb, page: Page, from: number, to: number): Promise<void> {
  for (let second = from; second < to; second++) {
    web.clock.at += 1000;
    const at = web.clock.at;
    const replicas = 2 + (Math.floor(second / 20) % 4);
    const api = service({ desired: replicas, lastDecision: null });
    const brief =
      Math.floor(second / 60) % 2 === 0 ? [service({ lastDecision: null }, 'brief')] : [];
    web.control.current = view({ services: [api, ...brief] });
    if (second % 20 === 0) {
      const made = decision(1000 + second, {
        at,
        until: at,
        current: replicas - 1,
        desired: replicas,
      });
      web.control.emit({ kind: 'decision', at, decision: made });
    }
    web.control.emit({ kind: 'tick', at });
    await page.clock.runFor(1000);
  }
  const shown = brought(to);
  await until('the last event is shown', async () => (await shownServices(page)) === shown);
}

function brought(events: number): number {
  return Math.floor((events - 1) / 60) % 2 === 0 ? 2 : 1;
}

function shownServices(page: Page): Promise<number> {
  return page.locator('section.service').count();
}

async function held(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return {
    heapBytes: of('JSHeapUsedSize'),
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
  };
}
