import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { TidegateError } from '../../kit/errors.ts';
import type { DecisionView, Explanation, ServiceStatus } from '../../web/contract.ts';
import type { LiveEvent } from '../../web/event-contract.ts';
import { recordControl } from './record-control.ts';

test('every second of every service, each decision as it was told last, and what happened', async (t) => {
  const control = scripted(t);
  const recorder = recordControl(control.client, control);
  const decided = new Date(Date.now() + 1000).toISOString();
  control.tell(status(2));
  control.tell({ event: 'decision', data: { service: 'api', decision: decision(7, decided) } });
  control.tell(status(3));
  control.explanation = {
    service: 'api',
    decisions: [{ ...decision(7, decided), applied: 3 }, decision(1, '2020-01-01T00:00:00.000Z')],
    incidents: [
      { at: decided, replica: 'api-1', code: 'DIED', message: 'it died' },
      { at: '2020-01-01T00:00:00.000Z', replica: null, code: 'OLD', message: 'long ago' },
    ],
  };
  await until('it has heard all', () => control.waiting());
  control.services = [{ ...serviceOf(4), desired: 4 }];
  const { services, gaps, startedAt, endedAt } = await recorder.stop();
  assert.deepEqual(gaps, []);
  assert.ok(endedAt >= startedAt);
  const [api] = services;
  assert.deepEqual(
    api?.points.map(({ ready, desired, starting }) => [ready, desired, starting]),
    [
      [2, 3, 1],
      [3, 3, 1],
      // As it is at the end, which no status has told yet.
      [4, 4, 1],
    ],
  );
  assert.deepEqual(
    api?.decisions.map(({ id, applied }) => [id, applied]),
    [[7, 3]],
  );
  assert.deepEqual(
    api?.incidents.map(({ code }) => code),
    ['DIED'],
  );
});

test('a control plane that goes away leaves a gap, and is recorded again when it is back', async (t) => {
  const control = scripted(t);
  const recorder = recordControl(control.client, control);
  control.tell(status(2));
  await until('it has heard all', () => control.waiting());
  control.tell(new TidegateError('CONTROL_NOT_RUNNING', 'Nobody answers.'));
  control.tell(status(4));
  await until('it has heard all', () => control.waiting());
  control.tell(new Error('gone for good'));
  await until('it has tried again', () => control.streams > 2);
  control.explanation = null;
  const { services, gaps } = await recorder.stop();
  assert.deepEqual(
    services[0]?.points.map(({ ready }) => ready),
    [2, 4],
  );
  assert.deepEqual(
    gaps.map(({ to, problem }) => [to === null, problem]),
    [
      [false, 'Nobody answers.'],
      [true, 'gone for good'],
    ],
  );
});

test('a control plane that keeps its connection and says nothing is away too', async (t) => {
  const control = scripted(t);
  const recorder = recordControl(control.client, { ...control, silentMs: 50 });
  control.tell(status(2));
  await until('it has given up waiting', () => control.streams > 1);
  control.tell(status(3));
  await until('it has heard all', () => control.waiting());
  const { gaps } = await recorder.stop();
  assert.deepEqual(gaps[0]?.problem, 'It said nothing for 50 ms.');
  assert.notEqual(gaps[0]?.to, null);
});

test('a control plane that never answers gives an empty recording that says so', async (t) => {
  const control = scripted(t);
  const stopped = new AbortController();
  const recorder = recordControl(control.client, { signal: stopped.signal });
  control.tell(new Error('refused'));
  await until('it has tried again', () => control.streams > 1);
  stopped.abort();
  const { services, gaps } = await recorder.stop();
  assert.deepEqual([services, gaps.map(({ to }) => to)], [[], [null]]);
});

/** A client whose events are told by hand; an error ends the stream that waits for it. */
function scripted(t: TestContext) {
  const over = new AbortController();
  // What a test that fails leaves recording would never end.
  t.after(() => over.abort());
  const told: (LiveEvent | Error)[] = [];
  let wake = (): void => undefined;
  let asleep = false;
  const control = {
    signal: over.signal,
    // A machine that stands still for seconds is no silence.
    silentMs: 3_600_000,
    streams: 0,
    services: null as ServiceStatus[] | null,
    explanation: { service: 'api', decisions: [], incidents: [] } as Explanation | null,
    tell(event: LiveEvent | Error): void {
      told.push(event);
      wake();
    },
    waiting: () => asleep && told.length === 0,
    client: {
      async *events(signal?: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
        control.streams++;
        signal?.addEventListener('abort', () => wake());
        for (;;) {
          if (signal?.aborted) return;
          const next = told.shift();
          if (next instanceof Error) throw next;
          if (next) yield next;
          else {
            asleep = true;
            await new Promise<void>((resolve) => (wake = resolve));
            asleep = false;
          }
        }
      },
      async services(): Promise<readonly ServiceStatus[]> {
        if (control.services) return control.services;
        throw new Error('no answer');
      },
      async decisions(): Promise<Explanation> {
        if (control.explanation) return control.explanation;
        throw new Error('no answer');
      },
    },
  };
  return control;
}

function serviceOf(ready: number): ServiceStatus {
  const replicas = [
    { state: 'starting' },
    { state: 'ready' },
  ] as unknown as ServiceStatus['replicas'];
  return { name: 'api', ready, desired: 3, replicas, signals: {} } as ServiceStatus;
}

function status(ready: number): LiveEvent {
  return { event: 'status', data: { services: [serviceOf(ready)] } } as unknown as LiveEvent;
}

function decision(id: number, until: string): DecisionView {
  return { id, at: until, until, applied: null } as DecisionView;
}
