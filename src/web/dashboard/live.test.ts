import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  T0,
  decision as storedDecision,
  service as serviceView,
  view,
} from '../../../test/support/fake-control.ts';
import type { Status } from '../contract.ts';
import { decisionViewOf, statusOf } from '../status.ts';
import { createLive } from './live.ts';
import type { Live } from './live.ts';
import { RANGES } from './range.ts';
import type { Range } from './range.ts';
import { MOST_DECISIONS } from './service-live.ts';

/** A control plane that answers from a table and says what it is told to. */
class Source extends EventTarget {
  readyState = 1;
  close(): void {
    this.readyState = 2;
  }
  /** `at`: when the control plane said it, by its own clock. */
  say(event: string, data: unknown, at?: number): void {
    const lastEventId = at === undefined ? '' : String(at);
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data), lastEventId }));
  }
}

interface Page {
  readonly live: Live;
  readonly clock: { at: number };
  readonly asked: string[];
  readonly answers: Record<string, unknown>;
  readonly sources: Source[];
  source(): Source;
}

function openPage(t: TestContext): Page {
  const [asked, sources]: [string[], Source[]] = [[], []];
  const [clock, answers]: [{ at: number }, Record<string, unknown>] = [{ at: T0 }, {}];
  const live = createLive({
    now: () => clock.at,
    async read<T>(path: string): Promise<T | null> {
      asked.push(path);
      const [plain = ''] = path.split('?');
      if (!(plain in answers)) throw new Error(`${path}: 404`);
      return (await answers[plain]) as T | null;
    },
    events() {
      const source = new Source();
      sources.push(source);
      return source as unknown as EventSource;
    },
  });
  t.after(live.start());
  return { live, clock, asked, answers, sources, source: () => sources.at(-1) as Source };
}

function statusWith(...names: readonly string[]): Status {
  const services = names.map((name) => serviceView({}, name));
  return statusOf(view({ services }), { adminUrl: 'http://127.0.0.1:1', controlPid: 1 });
}

/** Lets what was asked be answered. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('services come and go with the status, each with what was recorded before', async (t) => {
  const page = openPage(t);
  const { live } = page;
  page.answers['/api/v1/services/api/history'] = {
    points: [
      { at: new Date(T0 - 60_000).toISOString(), ready: 1, desired: 1, signals: { rps: 5 } },
    ],
  };
  page.answers['/api/v1/services/api/decisions'] = { decisions: [], incidents: [] };
  page.source().say('status', statusWith('api', 'web'));
  await answered();
  const [api] = live.services.value;
  assert.equal(live.connection.value, 'live');
  assert.deepEqual(
    live.services.value.map(({ name }) => name),
    ['api', 'web'],
  );
  assert.deepEqual(
    api?.points.value.map(({ at }) => at),
    [T0 - 60_000, T0],
  );
  page.clock.at += 1000;
  page.source().say('status', statusWith('api'));
  assert.equal(live.services.value.length, 1);
  assert.equal(live.services.value[0], api, 'the same one goes on');
  assert.equal(api?.points.value.length, 3);
});

test('what was missed while the control plane was away is asked for when it is back', async (t) => {
  const page = openPage(t);
  page.source().say('status', statusWith('api'));
  await answered();
  page.source().dispatchEvent(new Event('error'));
  assert.equal(page.live.connection.value, 'reconnecting');
  page.asked.length = 0;
  page.clock.at += 60_000;
  const [kept] = page.live.services.value;
  const times = (): readonly number[] => kept?.points.value.map(({ at }) => at) ?? [];
  page.answers['/api/v1/services/api/history'] = {
    points: [T0 - 1000, T0 + 30_000].map((at) => ({
      at: new Date(at).toISOString(),
      ready: 1,
      desired: 1,
      signals: { rps: 5 },
    })),
  };
  page.answers['/api/v1/services/api/decisions'] = { decisions: [], incidents: [] };
  page.source().say('status', statusWith('api'));
  assert.equal(page.live.connection.value, 'live');
  assert.equal(page.asked.filter((path) => path.includes('/history?')).length, 1);
  assert.deepEqual(times(), [T0, T0 + 60_000], 'what was there stays until then');
  assert.equal(kept?.decisions.value.length, 1, 'and so do decisions');
  await answered();
  assert.deepEqual(times(), [T0 - 1000, T0 + 30_000, T0 + 60_000]);
});

test('all times are of the clock of the control plane, whatever the browser takes it for', async (t) => {
  const page = openPage(t);
  const { live } = page;
  const theirs = T0 - 3_600_000;
  page.source().say('status', statusWith('api'), theirs);
  assert.equal(live.now.value, theirs);
  assert.deepEqual(
    live.services.value[0]?.points.value.map(({ at }) => at),
    [theirs],
  );
  const history = page.asked.find((path) => path.includes('/history?'));
  assert.match(history ?? '', new RegExp(`to=${theirs}&`));
  page.source().say('gateway', { at: '', change: 'died', reasons: [] }, theirs + 500);
  assert.equal(live.gatewayNews.value?.at, theirs + 500);
});

test('an answer that was asked for before the connection was lost is too old', async (t) => {
  const page = openPage(t);
  let answer: (value: unknown) => void = () => undefined;
  const path = '/api/v1/services/api';
  page.answers[`${path}/decisions`] = { decisions: [], incidents: [] };
  page.answers[`${path}/history`] = new Promise((resolve) => (answer = resolve));
  page.source().say('status', statusWith('api'));
  await answered();
  page.source().dispatchEvent(new Event('error'));
  page.clock.at += 60_000;
  page.answers[`${path}/history`] = {
    points: [{ at: new Date(T0 + 30_000).toISOString(), ready: 1, desired: 1, signals: {} }],
  };
  page.source().say('status', statusWith('api'));
  await answered();
  answer({ points: [] });
  await answered();
  assert.deepEqual(
    page.live.services.value[0]?.points.value.map(({ at }) => at),
    [T0 + 30_000, T0 + 60_000],
  );
});

test('a connection that says nothing any more is opened anew', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = openPage(t);
  page.source().say('status', statusWith('api'));
  t.mock.timers.tick(9000);
  page.source().say('status', statusWith('api'));
  t.mock.timers.tick(9000);
  assert.equal(page.live.connection.value, 'live');
  t.mock.timers.tick(1000);
  assert.equal(page.live.connection.value, 'reconnecting');
  assert.deepEqual(
    page.sources.map(({ readyState }) => readyState),
    [2, 1],
  );
  page.source().say('status', statusWith('api'));
  assert.equal(page.live.connection.value, 'live');
});

test('decisions are each there once, the newest first, and not without end', (t) => {
  const page = openPage(t);
  page.source().say('status', statusWith('api'));
  const { decisions } = page.live.services.value[0] as {
    decisions: { value: readonly { id: number }[] };
  };
  for (let id = 3; id < MOST_DECISIONS + 50; id++) {
    const decision = decisionViewOf(storedDecision(id, { at: T0, until: T0 + id }));
    page.source().say('decision', { service: 'api', decision });
    page.source().say('decision', { service: 'api', decision });
  }
  const ids = decisions.value.map(({ id }) => id);
  assert.equal(ids.length, MOST_DECISIONS);
  assert.equal(new Set(ids).size, MOST_DECISIONS);
  assert.equal(ids[0], MOST_DECISIONS + 49);
});

test('another range asks for its own time, and forgets what is too old for it', async (t) => {
  const page = openPage(t);
  page.source().say('status', statusWith('api'));
  await answered();
  page.asked.length = 0;
  const hour = RANGES[2] as Range;
  page.live.show(hour);
  assert.equal(page.live.range.value, hour);
  const [history, decisions] = page.asked.map((path) => new URL(path, 'http://x'));
  for (const url of [history, decisions]) {
    assert.equal(url?.searchParams.get('from'), String(T0 - 3_600_000));
    assert.equal(url?.searchParams.get('to'), String(T0));
  }
});

test('an alert is shown as it was last told, and one that is over stays until it holds again', (t) => {
  const page = openPage(t);
  const alert = {
    id: 'api.latency > 2s',
    subject: 'api',
    message: 'm',
    since: '',
    byDefault: true,
    told: null,
  };
  const states = (): readonly string[] => page.live.alerts.value.map(({ state }) => state);
  page.source().say('alert', { ...alert, state: 'firing' });
  page.source().say('alert', { ...alert, state: 'resolved' });
  page.source().say('status', statusWith('api'));
  assert.deepEqual(states(), ['resolved']);
  page.source().say('status', { ...statusWith('api'), alerts: [{ ...alert, state: 'firing' }] });
  assert.deepEqual(states(), ['firing']);
  page.source().say('status', statusWith('api'));
  assert.deepEqual(states(), []);
});

test('what happened is looked up for all of the range, when an alert fires or ends as well', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = openPage(t);
  page.source().say('status', statusWith('api', 'web'));
  await answered();
  page.asked.length = 0;
  const alert = { id: 'api.latency > 2s', subject: 'api', message: 'm', since: '', told: null };
  page.answers['/api/v1/services/api/decisions'] = {
    decisions: [],
    incidents: [
      { at: new Date(T0).toISOString(), replica: null, code: 'ALERT_FIRING', message: 'm.' },
    ],
  };
  page.source().say('alert', { ...alert, state: 'pending' });
  t.mock.timers.tick(1000);
  assert.deepEqual(page.asked, []);
  page.source().say('alert', { ...alert, state: 'firing' });
  t.mock.timers.tick(1000);
  await answered();
  assert.deepEqual(page.asked, [`/api/v1/services/api/decisions?from=${T0 - 300_000}&last=1`]);
  assert.equal(page.live.services.value[0]?.incidents.value[0]?.code, 'ALERT_FIRING');
});

test('a connection that is refused is over where the session is, and else tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const page = openPage(t);
  const refuse = async (): Promise<void> => {
    page.source().close();
    page.source().dispatchEvent(new Event('error'));
    await answered();
  };
  await refuse();
  assert.equal(page.live.connection.value, 'reconnecting');
  t.mock.timers.tick(3000);
  assert.equal(page.sources.length, 2);
  page.answers['/api/v1/status'] = null;
  await refuse();
  assert.equal(page.live.connection.value, 'signed out');
  t.mock.timers.tick(10_000);
  assert.equal(page.sources.length, 2);
});
