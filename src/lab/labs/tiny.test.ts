import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TidegateConfig } from '../../spec/define.ts';
import type { LoadResult } from '../load/result.ts';
import type { Bench, LabProject } from './bench.ts';
import { judgeTiny, tiny } from './fixtures/tiny.ts';

const SOUND = { requests: 250, ok: 250, latencyMs: { p50: 22 } } as LoadResult;

test('the example of docs/labs.md is the lab that is tried here, down to its imports', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/labs.md'), 'utf8');
  const shown = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
  const tried = readFileSync(join(import.meta.dirname, 'fixtures/tiny.ts'), 'utf8');
  // It stands one folder higher there.
  assert.equal(shown, tried.replaceAll("from '../", "from './").replaceAll("'./../", "'../"));
});

test('it starts its service, loads it, and says what it measured', async (t) => {
  const configs: TidegateConfig[] = [];
  const { bench, asked } = await benchOf(t, configs);
  const { claims, sections } = await tiny.run(bench);
  assert.deepEqual(configs[0]?.services?.app?.env, { WORK_MS: '20' });
  assert.ok(asked() >= 5);
  assert.equal(claims.length, 2);
  assert.equal(claims[0]?.met, true);
  assert.equal(sections[0]?.timeline?.panels[0]?.title, 'Load');
});

test('numbers that are not as claimed are seen', () => {
  const missed = (load: Partial<LoadResult>): number[] =>
    judgeTiny({ ...SOUND, ...load }).flatMap(({ met }, index) => (met ? [] : [index]));
  assert.deepEqual(missed({}), []);
  assert.deepEqual(missed({ ok: 249 }), [0]);
  assert.deepEqual(missed({ requests: 0, ok: 0 }), [0]);
  assert.deepEqual(missed({ latencyMs: { ...SOUND.latencyMs, p50: 41 } }), [1]);
  assert.deepEqual(missed({ latencyMs: { ...SOUND.latencyMs, p50: null } }), [1]);
});

/** A bench whose only project is a server of this process; the load ends after five answers. */
async function benchOf(t: TestContext, configs: TidegateConfig[]) {
  const enough = new AbortController();
  let count = 0;
  const server = createServer((_, response) => {
    response.end('ok', () => {
      if (++count === 5) enough.abort();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const startedAt = Date.now();
  const recording = { startedAt, endedAt: startedAt, services: [], gaps: [] };
  const project = {
    gatewayUrl: `http://127.0.0.1:${port}`,
    record: () => ({ stop: () => Promise.resolve(recording) }),
  } as unknown as LabProject;
  const bench: Bench = {
    signal: enough.signal,
    mostClients: Infinity,
    say: () => undefined,
    start(config) {
      configs.push(config);
      return Promise.resolve(project);
    },
    program: (file) => ['node', file],
    until: () => Promise.resolve(),
    wait: () => Promise.resolve(),
  };
  return { bench, asked: () => count };
}
