import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { openOrSetAside } from './set-aside.ts';

/** Writes without end; prints what it wrote once the store has returned. Samples and repeats batch in between. */
const WRITER = (path: string): string => `
  import { writeSync } from 'node:fs';
  const { openStore } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))});
  let now = 1_700_000_000_000;
  const store = openStore(${JSON.stringify(path)}, { now: () => now });
  for (;;) {
    now += 1000;
    const number = store.replicas.nextNumber('api');
    store.replicas.put({ id: 'api-' + number, service: 'api', revision: 'r', state: 'ready', host: null,
      port: null, pid: null, identity: { number }, startedAt: now, readyAt: null, stoppedAt: null, note: null });
    const decision = store.decisions.insert({ service: 'api', at: now, until: now, times: 1, policy: 'linear',
      current: 1, raw: 1, stabilised: 1, limited: 1, desired: number, applied: null, binding: 'none',
      reasons: [], signals: {} });
    store.revisions.use({ service: 'api', id: 'r' + number, definition: {}, createdAt: now });
    store.decisions.repeat(decision.id, now + 1);
    store.incidents.add({ service: 'api', at: now, replica: null, code: 'X', message: 'x' });
    store.samples.add({ service: 'api', at: now, ready: 1, desired: 1, signals: {} });
    if (number % 50 === 0) store.sweep(now);
    writeSync(1, number + ' ' + decision.id + '\\n');
  }`;

test('what was shown before a kill -9 is there after it, at any moment, time after time', async (t) => {
  const path = join(temporaryFolder(t), 'state.db');
  let lastNumber = 0;
  for (let round = 0; round < 5; round++) {
    const shown = await writeAndKill(t, path, 20 + Math.floor(Math.random() * 400));
    const { store, setAside } = openOrSetAside(path, { now: () => 0 });
    assert.equal(setAside, null);
    const decisions = new Map(store.decisions.last('api', 1e6).map((row) => [row.id, row.desired]));
    const replicas = new Set(store.replicas.live().map(({ id }) => id));
    const revisions = new Set(store.revisions.list('api').map(({ id }) => id));
    for (const { number, decision } of shown) {
      assert.equal(decisions.get(decision), number);
      assert.ok(replicas.has(`api-${number}`), `replica ${number}`);
      assert.ok(revisions.has(`r${number}`), `revision ${number}`);
      assert.ok(number > lastNumber, `number ${number} given out twice`);
      lastNumber = number;
    }
    store.close();
  }
});

// Private

interface Shown {
  readonly number: number;
  readonly decision: number;
}

/** Lets the writer show so many lines, kills it in whatever it is doing then, and gives all that it showed. */
async function writeAndKill(
  t: Parameters<typeof temporaryFolder>[0],
  path: string,
  lines: number,
): Promise<readonly Shown[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER(path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const shown: Shown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [number, decision] = line.split(' ').map(Number);
    // The last line may be cut off by the kill.
    if (number && decision) shown.push({ number, decision });
    if (shown.length === lines) child.kill('SIGKILL');
  }
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  return shown;
}
