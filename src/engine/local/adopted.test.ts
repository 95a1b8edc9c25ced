import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killAtOurEnd } from '../../../test/support/at-our-end.ts';
import { nextEngine, testEngine } from '../../../test/support/engine.ts';
import { until } from '../../../test/support/until.ts';
import { findOurs } from '../../process/find.ts';
import { isRunning, programOf, readStat } from '../../process/stat.ts';
import { HEALTH, orderFor } from '../contract.ts';
import type { ReplicaOrder, RunningReplica } from '../engine.ts';
import { watchForEnd } from './adopted.ts';
import { readMarks } from './log-marks.ts';
import type { Replica } from './replicas.ts';

const never = new AbortController().signal;

test('a replica whose control plane was killed -9 is found without a word written down, adopted and ended', async (t) => {
  const nonce = randomBytes(32).toString('hex');
  killAtOurEnd(nonce);
  const { engine, folder } = await testEngine(t, { nonce });
  const order = orderFor('server.cjs');
  const url = JSON.stringify(import.meta.resolve('./local.ts'));
  const other = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { createLocalEngine } = await import(${url});
      const log = { info() {}, warn() {}, error() {}, debug() {} };
      const engine = await createLocalEngine({ ...${JSON.stringify({ stateFolder: folder, runFolder: join(folder, 'other'), nonce })}, gatewayUrl: () => '',
        log, clock: { now: Date.now } });
      console.log(JSON.stringify(await engine.start(${JSON.stringify(order)})));
      setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => other.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: other.stdout }), 'line')) as [string];
  const told = JSON.parse(line) as RunningReplica;
  const exited = once(other, 'exit');
  other.kill('SIGKILL');
  await exited;

  const [found, ...others] = engine.found();
  assert.deepEqual(others, []);
  assert.deepEqual(found?.identity, told.identity);
  assert.equal(found && (await engine.adopt(found)), 'adopted');
  await engine.untilHealthy(order.id, HEALTH, never);
  assert.ok((await engine.measure()).has(order.id));
  await engine.stop(order.id, 60_000);
  assert.ok(!isRunning(readStat(told.pid)));
  assert.deepEqual(engine.found(), []);
});

test('of leaders with the same id the oldest is the replica; what is no replica is not found', async (t) => {
  const before = await testEngine(t);
  const text = 'setsid sleep 300 & sleep 0.1; setsid sleep 300 & exec sleep 300';
  const { id, identity } = await before.engine.start(
    orderFor('stubborn.sh', { command: { kind: 'shell', text } }),
  );
  const bare = await before.engine.start(orderFor('stubborn.sh'));
  await until('two daemons', () => sleepersOf(id) === 3);
  const { engine } = await nextEngine(t, before);
  const found = engine.found().filter((replica) => replica.id === id);
  assert.deepEqual(
    found.map((replica) => replica.identity),
    [identity],
  );
  for (const replica of [...found, bare]) await engine.adopt(replica);
  assert.deepEqual(engine.found(), []);
});

test('the port of an adopted replica is not given out while it runs', async (t) => {
  // Both engines begin with the same port, on which the replica does not listen.
  t.mock.method(Math, 'random', () => 0.5);
  const before = await testEngine(t);
  const replica = await before.engine.start(orderFor('stubborn.sh'));
  const { engine } = await nextEngine(t, before);
  await engine.adopt(replica);
  const other = await engine.start(orderFor('stubborn.sh'));
  assert.notEqual(other.address.port, replica.address.port);
});

test('a closed engine leaves what its replicas leave behind to the next', async (t) => {
  const text = 'sleep 300 & echo $!; wait';
  const before = await testEngine(t);
  const order = (): ReplicaOrder => orderFor('stubborn.sh', { command: { kind: 'shell', text } });
  const adopted = await before.engine.start(order());
  const closed = await nextEngine(t, before);
  await closed.engine.adopt(adopted);
  const started = await closed.engine.start(order());
  const children = await Promise.all(
    [adopted, started].map(({ id }) =>
      until('a child', async () => Number((await closed.engine.tail(id, 1))[0])),
    ),
  );
  const { engine } = await nextEngine(t, closed);
  for (const { pid } of [adopted, started]) process.kill(pid, 'SIGKILL');
  // Long enough for anybody who still looks.
  const other = await engine.start(orderFor('server.cjs', { env: { START_DELAY_MS: '300' } }));
  await engine.untilHealthy(other.id, HEALTH, never);
  for (const child of children) assert.ok(isRunning(readStat(child)));
  for (const replica of [adopted, started]) assert.equal(await engine.adopt(replica), 'gone');
  for (const child of children) assert.ok(!isRunning(readStat(child)));
});

test('adopted replicas are looked at until the watch is closed', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const watch = watchForEnd(
    () => {
      looks++;
      return [];
    },
    () => assert.fail('nothing runs'),
  );
  t.mock.timers.tick(1000);
  assert.equal(looks, 10);
  watch.close();
  t.mock.timers.tick(1000);
  assert.equal(looks, 10);
});

test('a replica that cannot be looked at counts as running, and the watch goes on', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const identity = {
    get pid(): number {
      looks++;
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    },
  };
  const unseen = { adopted: true, running: { identity } } as unknown as Replica;
  const watch = watchForEnd(
    () => [unseen],
    () => assert.fail('it has not ended'),
  );
  t.mock.timers.tick(300);
  assert.equal(looks, 3);
  watch.close();
});

test('the index of a log goes on where the control plane before left it, and with a copy made since', async (t) => {
  const before = await testEngine(t);
  const replica = await before.engine.start(orderFor('chatty.sh', { env: { LINES: '3' } }));
  const log = join(before.folder, `logs/api/${replica.id}.log`);
  await until('its lines', () => readFileSync(log, 'utf8').endsWith('line 3\n'));
  await before.engine.measure();
  const [mark] = readMarks(log);
  assert.ok(mark);
  const { engine } = await nextEngine(t, before);
  await engine.adopt(replica);
  await engine.measure();
  assert.deepEqual(readMarks(log), [mark], 'nothing was written since');
  appendFileSync(log, 'line 4\n');
  await engine.measure();
  assert.equal(readMarks(log).length, 2);

  const last = await nextEngine(t, { engine, folder: before.folder });
  await last.engine.adopt(replica);
  truncateSync(log);
  await last.engine.measure();
  assert.deepEqual(readMarks(log), []);
  assert.equal(readMarks(`${log}.1`).length, 2, 'they went with the copy');
});

// Private

/** Leaders of sessions that have become the program they stay: on the way there they cannot be told for a moment. */
function sleepersOf(id: string): number {
  return findOurs(`nonce-of-${process.pid}`).filter(
    ({ identity, environment }) =>
      environment.get('TIDEGATE_REPLICA') === id && programOf(identity.pid) === 'sleep',
  ).length;
}
