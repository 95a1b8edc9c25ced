import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Engine, ReplicaOrder, RunningReplica } from '../../src/engine/engine.ts';
import { createLocalEngine, type LocalEngineOptions } from '../../src/engine/local/local.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLog } from '../../src/kit/log.ts';
import { killAtOurEnd } from './at-our-end.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly folder: string;
}

/** An engine whose replicas, started or adopted, end with the test; under /tmp, because a socket's path is short. */
export async function testEngine(
  t: TestContext,
  more: Partial<LocalEngineOptions> = {},
): Promise<TestEngine> {
  const folder = more.stateFolder ?? mkdtempSync('/tmp/tidegate-engine-');
  const nonce = `nonce-of-${process.pid}`;
  killAtOurEnd(nonce);
  const engine = await createLocalEngine({
    stateFolder: folder,
    runFolder: join(folder, 'run'),
    nonce,
    gatewayUrl: () => 'http://127.0.0.1:8080',
    partsSocket: join(folder, 'run/parts.sock'),
    log: silentLog,
    clock: systemClock,
    ...more,
  });
  const ids: string[] = [];
  t.after(async () => {
    await Promise.all(ids.map((id) => engine.stop(id, 0)));
    await engine.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const start = (order: ReplicaOrder) => {
    ids.push(order.id);
    return engine.start(order);
  };
  const adopt = (replica: RunningReplica) => {
    ids.push(replica.id);
    return engine.adopt(replica);
  };
  return { engine: { ...engine, start, adopt }, folder };
}

/** Closes an engine and makes the next of the same project, as another control plane would. */
export async function nextEngine(t: TestContext, before: TestEngine): Promise<TestEngine> {
  await before.engine.close();
  return testEngine(t, { stateFolder: before.folder });
}
