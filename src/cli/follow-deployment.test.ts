import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { deployment, T0 } from '../../test/support/fake-control.ts';
import { startFakeWeb } from '../../test/support/fake-web.ts';
import type { FakeWeb } from '../../test/support/fake-web.ts';
import { until } from '../../test/support/until.ts';
import type { Deployment } from '../control/view.ts';
import { TidegateError } from '../kit/errors.ts';
import type { Client } from '../web/client.ts';
import { followDeployment } from './follow-deployment.ts';

interface Following {
  readonly web: FakeWeb;
  readonly out: string[];
  readonly err: string[];
  readonly interrupt: AbortController;
  /** The exit code. */
  readonly ended: Promise<number>;
}

async function follow(
  t: TestContext,
  begun: Deployment,
  { json = false, stops = false } = {},
): Promise<Following> {
  const web = await startFakeWeb(t);
  web.control.begins = begun;
  const out: string[] = [];
  const err: string[] = [];
  const interrupt = new AbortController();
  const ended = followDeployment(
    web.client,
    await web.client.deploy(),
    { json, interrupt: interrupt.signal, everythingStops: async () => stops },
    {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      terminal: false,
      colour: false,
      columns: 80,
    },
  );
  return { web, out, err, interrupt, ended };
}

const FIRST = { at: T0, text: 'api: api-4 starts' };
const SECOND = { at: T0 + 900, text: 'api: api-4 takes requests' };

test('each step is told once, as it comes', async (t) => {
  const { web, err, ended } = await follow(t, deployment({ steps: [FIRST] }));
  assert.equal(err[0], 'deploy 7 begins: services.api.command differs');
  await until('what starts is told', () => err.length === 3);
  web.control.begins = deployment({ steps: [FIRST, SECOND] });
  await until('the second one too', () => err.length === 4);
  web.control.begins = deployment({ steps: [FIRST, SECOND], state: 'done', endedAt: T0 + 1000 });
  assert.equal(await ended, 0);
  assert.deepEqual(
    err.slice(1).map((line) => line.replace(/^.*  /, '')),
    [FIRST.text, 'api: starting api-3 of revision a1b2c3d', SECOND.text],
  );
});

test('what was rolled back ends with 1, the reason and the last lines of the program', async (t) => {
  const { web, out, ended } = await follow(t, deployment());
  web.control.begins = deployment({
    state: 'rolled-back',
    endedAt: T0 + 5000,
    problem: 'api-4 was not healthy within 5 s.\nIts last lines:\n  Error: no database',
  });
  assert.equal(await ended, 1);
  assert.equal(
    out[0],
    'deploy 7 was rolled back after 5 s: api-4 was not healthy within 5 s.\nIts last lines:\n  Error: no database',
  );
});

test('an interruption is asked for once and ends with 130 and both ways on', async (t) => {
  const { web, out, interrupt, ended } = await follow(t, deployment());
  interrupt.abort();
  assert.equal(await ended, 130);
  assert.deepEqual(
    web.control.asked.filter((call) => (call as unknown[])[0] === 'interrupt'),
    [['interrupt', 7]],
  );
  assert.equal(out[0], 'deploy 7 was interrupted after 0 ms: it stands still, half done.');
  assert.equal(
    out.at(-1),
    '`tidegate deploy` goes on with it; `tidegate rollback api` takes it back.',
  );
});

test('while an interruption waits for the way back, what happens is shown', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = deployment({ steps: [FIRST] });
  const client: Client = { ...web.client, interrupt: () => new Promise(() => undefined) };
  const err: string[] = [];
  const io = { out: () => undefined, err: (text: string) => void err.push(text) };
  const ended = followDeployment(
    client,
    await web.client.deploy(),
    { json: false, interrupt: AbortSignal.abort(), everythingStops: async () => false },
    { ...io, terminal: false, colour: false, columns: 80 },
  );
  web.control.begins = deployment({ steps: [FIRST, SECOND] });
  await until('the second step is told', () => err.at(-1)?.endsWith(SECOND.text));
  web.control.begins = deployment({ state: 'rolled-back', endedAt: T0 + 5000, problem: 'no' });
  assert.equal(await ended, 1);
});

test('an interruption that got no answer is asked for again', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = deployment();
  let asked = 0;
  const client: Client = {
    ...web.client,
    interrupt: async (id) => {
      if (++asked === 1) throw new TidegateError('ANSWER_BROKEN', 'It broke off.');
      return web.client.interrupt(id);
    },
  };
  const err: string[] = [];
  const io = { out: () => undefined, err: (text: string) => void err.push(text) };
  const code = await followDeployment(
    client,
    await web.client.deploy(),
    { json: false, interrupt: AbortSignal.abort(), everythingStops: async () => false },
    { ...io, terminal: false, colour: false, columns: 80 },
  );
  assert.deepEqual([code, asked], [130, 2]);
  assert.match(err[1] ?? '', /^Interrupting;/);
});

test('where everything is stopped meanwhile that is said', async (t) => {
  const { web, ended } = await follow(t, deployment(), { stops: true });
  await web.close();
  await assert.rejects(ended, {
    code: 'EVERYTHING_STOPPED',
    message: 'Everything was stopped in the middle of deploy 7.',
  });
});

test('a control plane that ends meanwhile is said plainly, with what to do', async (t) => {
  const { web, ended } = await follow(t, deployment());
  await web.close();
  await assert.rejects(ended, {
    code: 'CONTROL_LOST',
    exitCode: 1,
    message: 'The control plane ended in the middle of deploy 7; the services go on as they are.',
    hint: /`tidegate up`.*`tidegate deploy` goes on/,
  });
});

test('under --json there is one object at the end, whatever it came to', async (t) => {
  const { web, out, err, ended } = await follow(t, deployment(), { json: true });
  web.control.begins = deployment({ state: 'failed', endedAt: T0 + 1, problem: 'no' });
  assert.equal(await ended, 1);
  assert.deepEqual([out.length, err], [1, []]);
  assert.deepEqual(JSON.parse(out[0] as string), { deployment: await web.client.deployment(7) });
});
