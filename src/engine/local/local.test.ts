import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prove } from '../../process/identity.ts';
import { isRunning, readStat } from '../../process/stat.ts';
import { nextEngine, testEngine, type TestEngine } from '../../../test/support/engine.ts';
import { isReachable } from '../../../test/support/reach.ts';
import { until } from '../../../test/support/until.ts';
import { engineContract, HEALTH, orderFor } from '../contract.ts';
import type { Engine } from '../engine.ts';
import { AGENT_PATH } from './environment.ts';

const never = new AbortController().signal;

const folders = new WeakMap<Engine, string>();

async function remembered(started: Promise<TestEngine>): Promise<Engine> {
  const { engine, folder } = await started;
  folders.set(engine, folder);
  return engine;
}

engineContract(
  'local',
  (t) => remembered(testEngine(t)),
  (t, engine) => remembered(nextEngine(t, { engine, folder: folders.get(engine) ?? '' })),
);

async function ask(port: number, path: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).json();
}

test('a replica finds its place in its environment and in its arguments', async (t) => {
  const { engine, folder } = await testEngine(t);
  const plain = orderFor('server.cjs');
  assert.equal(plain.command.kind, 'argv');
  const argv = [...(plain.command.kind === 'argv' ? plain.command.argv : [])];
  const order = {
    ...plain,
    command: { kind: 'argv' as const, argv: [...argv, '$PORT', '${HOST}:${PORT}', '$PORTS $$'] },
    env: { COLOUR: 'blue', PORT: '1', TIDEGATE_NONCE: 'forged', NODE_OPTIONS: '--no-warnings' },
  };
  const { address, identity } = await engine.start(order);
  await engine.untilHealthy(order.id, HEALTH, never);
  assert.ok(address.port >= 20_000 && address.port <= 29_999);
  const env = (await ask(address.port, '/env')) as Record<string, string>;
  const { port } = address;
  const expected: Record<string, string> = {
    PORT: String(port),
    HOST: '127.0.0.1',
    TIDEGATE_SERVICE: 'api',
    TIDEGATE_REPLICA: order.id,
    TIDEGATE_REVISION: 'r1',
    TIDEGATE_GATEWAY_URL: 'http://127.0.0.1:8080',
    TIDEGATE_NONCE: `nonce-of-${process.pid}`,
    TIDEGATE_AGENT_SOCKET: join(folder, 'run/agent.sock'),
    COLOUR: 'blue',
    PATH: process.env.PATH ?? '',
    NODE_OPTIONS: `--require ${AGENT_PATH} --no-warnings`,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(env[name], value, name);
  assert.deepEqual(await ask(port, '/argv'), [`${port}`, `127.0.0.1:${port}`, '$PORTS $$']);
  assert.equal(prove(identity), 'ours');
});

test('two replicas never get the same port, also when they start at once', async (t) => {
  const { engine } = await testEngine(t);
  const replicas = await Promise.all(
    Array.from({ length: 8 }, () => engine.start(orderFor('stubborn.sh'))),
  );
  assert.equal(new Set(replicas.map(({ address }) => address.port)).size, 8);
});

test('nothing of a group is left: neither after a stop nor when the leader ends by itself', async (t) => {
  const { engine, folder } = await testEngine(t);
  const leaveWhen = join(folder, 'leave');
  const childOf = async (id: string): Promise<number> =>
    Number(await until('a child', async () => (await engine.tail(id, 1))[0]));

  const stopped = orderFor('abandons.sh', { env: { LEAVE_WHEN: leaveWhen } });
  await engine.start(stopped);
  const first = await childOf(stopped.id);
  assert.ok(isRunning(readStat(first)));
  await engine.stop(stopped.id, 200);
  assert.equal(isRunning(readStat(first)), false);

  const left = orderFor('abandons.sh', { env: { LEAVE_WHEN: leaveWhen } });
  await engine.start(left);
  const second = await childOf(left.id);
  writeFileSync(leaveWhen, '');
  await until('the child is cleared away unasked', () => !isRunning(readStat(second)));
  await assert.rejects(engine.untilHealthy(left.id, HEALTH, never), { code: 'EXITED' });
});

test('replicas outlive the engine and go on writing to their logs', async (t) => {
  const { engine, folder } = await testEngine(t);
  const order = orderFor('server.cjs');
  const { address, pid } = await engine.start(order);
  await engine.close();
  assert.equal(existsSync(join(folder, 'run/agent.sock')), false);
  const log = join(folder, `logs/api/${order.id}.log`);
  await until('it says so', () => readFileSync(log, 'utf8') === 'listening\n');
  assert.ok(isRunning(readStat(pid)));
  assert.equal(await (await fetch(`http://127.0.0.1:${address.port}/`)).text(), 'ok');
  assert.equal(statSync(log).mode & 0o777, 0o600);
});

test('a blocked event loop shows in its delay, and an idle one does not', async (t) => {
  const { engine } = await testEngine(t);
  const order = orderFor('server.cjs');
  const { address } = await engine.start(order);
  const loop = async () => {
    const usage = (await engine.measure()).get(order.id)?.eventLoop;
    return usage === 'silent' ? null : usage;
  };
  const idle = await until(
    'an idle report',
    async () => {
      const seen = await loop();
      return seen && seen.delayP99Ms < 100 ? seen : undefined;
    },
    60_000,
  );
  assert.ok(idle.utilization >= 0 && idle.utilization <= 1);
  const blocked = await until(
    'a block in a report',
    async () => {
      await fetch(`http://127.0.0.1:${address.port}/block`);
      const seen = await loop();
      // A report may cover a time in which it was hardly asked to.
      return seen && seen.delayP99Ms > 200 && seen.utilization > idle.utilization
        ? seen
        : undefined;
    },
    60_000,
  );
  assert.ok(blocked.utilization <= 1);
});

test('the event loop of a program that runs as another user is heard', {
  skip:
    (process.getuid?.() !== 0 && 'only root may start a program as somebody else') ||
    (!isReachable(process.execPath) && 'nobody else may come through to Node where it lies'),
}, async (t) => {
  const { engine, folder } = await testEngine(t);
  chmodSync(folder, 0o711);
  const order = orderFor('server.cjs', { user: 'nobody', cwd: '/' });
  await engine.start(order);
  await until('a report', async () => (await engine.measure()).get(order.id)?.eventLoop);
});

test('a program that is not Node has no event loop to report', async (t) => {
  const { engine } = await testEngine(t);
  const perl = orderFor('server.pl');
  const node = orderFor('server.cjs');
  await engine.start(perl);
  await engine.start(node);
  await engine.untilHealthy(perl.id, HEALTH, never);
  const usages = await until('Node to report', async () => {
    const usages = await engine.measure();
    return usages.get(node.id)?.eventLoop ? usages : undefined;
  });
  assert.equal(usages.get(perl.id)?.eventLoop, null);
});

test('a log that grows beyond its bound is rotated while the program writes on', async (t) => {
  const { engine, folder } = await testEngine(t);
  const order = orderFor('chatty.sh', { env: { LINES: '1000000' } });
  await engine.start(order);
  await until('the last line', async () => (await engine.tail(order.id, 1))[0] === 'line 1000000');
  await engine.measure();
  const log = join(folder, `logs/api/${order.id}.log`);
  assert.equal(statSync(log).size, 0);
  assert.ok(statSync(`${log}.1`).size > 10 * 2 ** 20);
  assert.deepEqual(await engine.tail(order.id, 1), ['line 1000000'], 'told from the copy');
});

test('what cannot start leaves no port taken and says why', async (t) => {
  const { engine } = await testEngine(t);
  const argv = ['no-such-program'];
  const order = orderFor('server.cjs', { command: { kind: 'argv', argv } });
  await assert.rejects(engine.start(order), { code: 'COMMAND_NOT_FOUND' });
  await assert.rejects(engine.start({ ...order, command: { kind: 'argv', argv: [] } }), {
    code: 'COMMAND_NOT_FOUND',
  });
  await assert.rejects(engine.start(orderFor('server.cjs', { user: 'no-such-user' })), {
    code: 'UNKNOWN_USER',
  });
});
