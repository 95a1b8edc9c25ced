/** An identity provider changes its key again and again, at once and without a word, while clients go on: none is refused. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { identityProvider } from '../support/identity-provider.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

const ROTATIONS = 10;
const CLIENTS = 20;
/** A key set that was looked at lately is not asked for again: whoever rotates has to leave so long between two. */
const PAUSE_MS = 31_000;

test(`${ROTATIONS} rotations under load refuse nobody`, async (t) => {
  const provider = await identityProvider(t);
  const project = await createProject(
    t,
    {
      services: { api: { command: 'node server.cjs', scale: { min: 2, max: 2 } } },
      gateway: {
        jwt: { main: { algorithms: ['ES256'], keys: provider.url } },
        routes: [{ service: 'api', auth: 'main' }],
      },
    },
    { 'server.cjs': helloServer() },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);

  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const failed: Record<string, number> = {};
  const over = new AbortController();
  let [ok, longestMs] = [0, 0];
  const ask = (token: string): Promise<string | null> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}` };
      request(project.gatewayUrl, { agent, headers }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode === 200 ? null : `status ${response.statusCode}`);
        });
      })
        .on('error', (thrown: NodeJS.ErrnoException) => resolve(thrown.code ?? thrown.message))
        .end();
    });
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      // A token of this moment each time: none is one that was verified before.
      const from = performance.now();
      const wrong = await ask(provider.token());
      longestMs = Math.max(longestMs, performance.now() - from);
      if (wrong === null) ok++;
      else failed[wrong] = (failed[wrong] ?? 0) + 1;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  t.after(() => over.abort());

  let askedAt = performance.now();
  for (let turn = 0; turn < ROTATIONS; turn++) {
    await until('half a minute passes', () => performance.now() - askedAt > PAUSE_MS, 60_000);
    const [asked, served] = [provider.asked, ok];
    provider.rotate();
    await until('it is asked', () => provider.asked > asked);
    askedAt = performance.now();
    await until('requests go on', () => ok > served + 10 * CLIENTS);
    assert.equal(provider.asked, asked + 1, 'once for all of them');
  }
  over.abort();
  await clients;
  agent.destroy();
  const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
  t.diagnostic(
    `${ROTATIONS} rotations: ${ok} answered, ${lost} refused or lost, ${provider.asked} questions to the provider, ` +
      `the longest request took ${Math.round(longestMs)} ms`,
  );
  assert.deepEqual(failed, {});
});
