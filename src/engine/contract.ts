import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRunning, readStat } from '../process/stat.ts';
import type { HealthSpec } from '../spec/spec.ts';
import { suspend } from '../../test/support/suspend.ts';
import { until } from '../../test/support/until.ts';
import type { Engine, LogLine, ReplicaExit, ReplicaOrder } from './engine.ts';

/** What a test may start; every engine brings them to its replicas in its own way. */
export type Program =
  | 'server.cjs'
  | 'server.pl'
  | 'finishes.cjs'
  | 'stubborn.sh'
  | 'abandons.sh'
  | 'chatty.sh';

const INTERPRETERS = { cjs: 'node', pl: 'perl', sh: 'sh' } as const;

const FIXTURES = join(import.meta.dirname, 'fixtures');

export const HEALTH: HealthSpec = {
  path: null,
  intervalMs: 1_000,
  timeoutMs: 2_000,
  startupMs: 30_000,
  replaceAfterMs: 60_000,
};

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

async function all(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

let number = 0;

/** An order for one of the fixtures, under an id of its own. */
export function orderFor(program: Program, more: Partial<ReplicaOrder> = {}): ReplicaOrder {
  const extension = program.split('.')[1] as keyof typeof INTERPRETERS;
  return {
    id: `api-${++number}`,
    service: 'api',
    revision: 'r1',
    command: { kind: 'argv', argv: [INTERPRETERS[extension], join(FIXTURES, program)] },
    cwd: FIXTURES,
    env: {},
    user: null,
    ...more,
  };
}

/**
 * The behaviour control relies on, whatever runs the replicas. `create` also arranges that nothing is left running;
 * `succeed` closes an engine and makes the next of the same project.
 */
export function engineContract(
  name: string,
  create: (t: TestContext) => Promise<Engine>,
  succeed: (t: TestContext, engine: Engine) => Promise<Engine>,
): void {
  test(`${name}: a replica answers at its address once it is healthy, and is gone once stopped`, async (t) => {
    const engine = await create(t);
    const { id, address, startedAt } = await engine.start(orderFor('server.cjs'));
    await engine.untilHealthy(id, { ...HEALTH, path: '/health' }, never);
    const url = `http://${address.host}:${address.port}/`;
    assert.equal(await (await fetch(url)).text(), 'ok');
    assert.ok(startedAt <= Date.now());
    assert.ok((await engine.measure()).has(id));
    await engine.stop(id, MINUTE_MS);
    await assert.rejects(fetch(url));
    assert.equal((await engine.measure()).has(id), false);
    await engine.stop(id, 0);
    await engine.stop('api-999999', 0);
  });

  test(`${name}: 3xx is healthy, 5xx is not`, async (t) => {
    const engine = await create(t);
    const { id, startedAt } = await engine.start(orderFor('server.cjs'));
    await engine.untilHealthy(id, { ...HEALTH, path: '/moved' }, never);
    // However long its start took, it is asked for so long.
    const startupMs = Date.now() - startedAt + 2_500;
    await assert.rejects(
      engine.untilHealthy(id, { ...HEALTH, path: '/broken', startupMs }, never),
      { code: 'NEVER_READY', message: /\/broken answered 500$/, hint: /2xx or 3xx/ },
    );
  });

  test(`${name}: what a program does instead of answering is told while it is waited for, and with the refusal`, async (t) => {
    const engine = await create(t);
    const text = `"$NODE" -e 'net.createServer(() => {}).listen(process.env.PORT, "127.0.0.1")' & wait`;
    const command = { kind: 'shell', text } as const;
    const env = { NODE: process.execPath };
    const { id, address, startedAt } = await engine.start(
      orderFor('stubborn.sh', { command, env }),
    );
    await until('it listens', async () => (await engine.listensOn(id))?.includes(address.port));
    const seen: string[] = [];
    const startupMs = Date.now() - startedAt + 1_000;
    const health = { ...HEALTH, path: '/health', timeoutMs: 50, startupMs };
    await assert.rejects(
      engine.untilHealthy(id, health, never, (each) => seen.push(each)),
      { message: /\/health did not answer within 50 ms$/, hint: /what does \/health wait for/ },
    );
    assert.equal(seen.at(-1), 'did not answer within 50 ms');
  });

  test(`${name}: a program that is slow to start is waited for`, async (t) => {
    const engine = await create(t);
    const env = { START_DELAY_MS: '700' };
    const { id } = await engine.start(orderFor('server.cjs', { env }));
    await engine.untilHealthy(id, HEALTH, never);
  });

  test(`${name}: a program that never listens is refused when its time is over`, async (t) => {
    const engine = await create(t);
    const { id } = await engine.start(orderFor('stubborn.sh'));
    const refused = engine.untilHealthy(id, { ...HEALTH, startupMs: 200 }, never);
    await assert.rejects(refused, { code: 'NEVER_READY', message: /it listens on no port yet$/ });
  });

  test(`${name}: a program that listens on a port of its own choice is told which, against the one it was given`, async (t) => {
    const engine = await create(t);
    const text = `"$NODE" -e 'const s = net.createServer(); s.listen(0, "127.0.0.1", () => console.log(s.address().port))' & wait`;
    const command = { kind: 'shell', text } as const;
    const env = { NODE: process.execPath };
    const { id, address } = await engine.start(orderFor('stubborn.sh', { command, env }));
    const chosen = await until('it listens', async () => (await engine.tail(id, 1))[0]);
    assert.deepEqual(await engine.listensOn(id), [Number(chosen)]);
    await assert.rejects(engine.untilHealthy(id, { ...HEALTH, startupMs: 200 }, never), {
      code: 'NEVER_READY',
      message: `${id} was not healthy within 200 ms: it does not listen on $PORT (${address.port}); it listens on ${chosen}`,
      hint: /environment variable PORT/,
    });
    assert.equal(await engine.listensOn('api-999999'), null);
  });

  test(`${name}: a program that ends at once is told with its exit code and last words`, async (t) => {
    const engine = await create(t);
    const exits: ReplicaExit[] = [];
    engine.onExit((exit) => void exits.push(exit));
    const command = { kind: 'shell', text: 'echo cannot find the database; exit 3' } as const;
    const { id } = await engine.start(orderFor('stubborn.sh', { command }));
    await assert.rejects(engine.untilHealthy(id, HEALTH, never), {
      code: 'EXITED',
      facts: { replica: id, code: 3, signal: null, lastLines: ['cannot find the database'] },
    });
    const [exit] = await until('the exit', () => (exits.length > 0 ? exits : undefined));
    assert.deepEqual({ ...exit, at: 0 }, { id, code: 3, signal: null, at: 0 });
  });

  test(`${name}: waiting for health ends with the reason of the signal`, async (t) => {
    const engine = await create(t);
    const { id } = await engine.start(orderFor('stubborn.sh'));
    const controller = new AbortController();
    const waiting = engine.untilHealthy(id, HEALTH, controller.signal);
    controller.abort(new Error('no longer wanted'));
    await assert.rejects(waiting, { message: 'no longer wanted' });
  });

  test(`${name}: SIGTERM ignored costs the grace and then the life; a second stop may shorten it`, async (t) => {
    const engine = await create(t);
    const { id } = await engine.start(orderFor('stubborn.sh'));
    await until('it runs', async () => (await engine.tail(id, 1))[0] === 'ready');
    const first = engine.stop(id, MINUTE_MS);
    await engine.stop(id, 0);
    await first;
    assert.equal((await engine.measure()).has(id), false);
  });

  test(`${name}: what a replica has begun when it is told to end is finished within the grace`, async (t) => {
    const engine = await create(t);
    const { id, address } = await engine.start(orderFor('finishes.cjs'));
    await engine.untilHealthy(id, HEALTH, never);
    const answer = fetch(`http://${address.host}:${address.port}/`).then((found) => found.text());
    await until('it was asked', async () => (await engine.tail(id, 1))[0] === 'asked');
    await engine.stop(id, MINUTE_MS);
    assert.equal(await answer, 'finished');
  });

  test(`${name}: a replica that hangs is not healthy, is still measured, and is ended all the same`, async (t) => {
    const engine = await create(t);
    const { id, pid } = await engine.start(orderFor('server.cjs'));
    await engine.untilHealthy(id, HEALTH, never);
    await until('it reports', async () => (await engine.measure()).get(id)?.eventLoop);
    await suspend(pid);
    const health = { ...HEALTH, path: '/', timeoutMs: 100, startupMs: 300 };
    await assert.rejects(engine.untilHealthy(id, health, never), { code: 'NEVER_READY' });
    await until('it is silent', async () => {
      return (await engine.measure()).get(id)?.eventLoop === 'silent';
    });
    await engine.stop(id, 100);
    assert.equal((await engine.measure()).has(id), false);
  });

  test(`${name}: an id is started once`, async (t) => {
    const engine = await create(t);
    const order = orderFor('stubborn.sh');
    const replica = await engine.start(order);
    await assert.rejects(engine.start(order), { code: 'REPLICA_KNOWN' });
    await assert.rejects(engine.adopt(replica), { code: 'REPLICA_KNOWN' });
    await engine.stop(order.id, 0);
    await assert.rejects(engine.start(order), { code: 'REPLICA_KNOWN' });
  });

  test(`${name}: what runs when an engine closes is found by the next, adopted, and then like any other`, async (t) => {
    const first = await create(t);
    const order = orderFor('server.cjs');
    const replica = await first.start(order);
    await first.untilHealthy(order.id, HEALTH, never);
    assert.ok(
      !first.found().some(({ id }) => id === order.id),
      'it is no stranger to who started it',
    );

    const next = await succeed(t, first);
    const found = next.found().find(({ id }) => id === order.id);
    const { startedAt, ...rest } = found ?? assert.fail('not found');
    const { startedAt: told, ...expected } = replica;
    assert.deepEqual(rest, { ...expected, service: 'api', revision: 'r1' });
    assert.ok(Math.abs(startedAt - told) < 5000, `${startedAt} for ${told}`);
    assert.equal((await next.measure()).has(order.id), false);

    const exits: ReplicaExit[] = [];
    next.onExit((exit) => void exits.push(exit));
    assert.equal(await next.adopt(replica), 'adopted');
    assert.ok(!next.found().some(({ id }) => id === order.id));
    const patient = { ...HEALTH, startupMs: 0, timeoutMs: 60_000, path: '/' };
    await next.untilHealthy(order.id, patient, never);
    assert.deepEqual(await next.listensOn(order.id), [replica.address.port]);
    assert.deepEqual(await next.tail(order.id, 1), ['listening']);
    await until('CPU', async () => (await next.measure()).get(order.id)?.cpuCores != null);
    await until('its reports', async () => (await next.measure()).get(order.id)?.eventLoop);
    await next.stop(order.id, MINUTE_MS);
    const [exit] = await until('its exit', () => (exits.length > 0 ? exits : undefined));
    assert.deepEqual({ ...exit, at: 0 }, { id: order.id, code: null, signal: null, at: 0 });
    assert.equal((await next.measure()).has(order.id), false);
  });

  test(`${name}: the end of an adopted replica is told, its children are ended, and waiting for its health is over`, async (t) => {
    const first = await create(t);
    const order = orderFor('abandons.sh', { env: { LEAVE_WHEN: '/no/such/file' } });
    const replica = await first.start(order);
    const child = await until('a child', async () => (await first.tail(order.id, 1))[0]);
    const next = await succeed(t, first);
    const exits: string[] = [];
    next.onExit(({ id }) => void exits.push(id));
    assert.equal(await next.adopt(replica), 'adopted');
    const waiting = next.untilHealthy(order.id, HEALTH, never);
    process.kill(replica.pid, 'SIGKILL');
    await assert.rejects(waiting, { code: 'EXITED', message: /ended before it was ready/ });
    await until('the exit', () => exits.includes(order.id));
    await until('its child has ended', () => !isRunning(readStat(Number(child))));
  });

  test(`${name}: of a replica that ended while nobody looked, what it left behind is ended`, async (t) => {
    const first = await create(t);
    const order = orderFor('abandons.sh', { env: { LEAVE_WHEN: '/no/such/file' } });
    const replica = await first.start(order);
    const child = await until('a child', async () => (await first.tail(order.id, 1))[0]);
    const next = await succeed(t, first);
    process.kill(replica.pid, 'SIGKILL');
    await until('it has ended', () => !isRunning(readStat(replica.pid)));
    assert.ok(isRunning(readStat(Number(child))));
    assert.equal(await next.adopt(replica), 'gone');
    assert.equal(isRunning(readStat(Number(child))), false);
    assert.equal((await next.measure()).has(order.id), false);
  });

  test(`${name}: what cannot be proved ours is not adopted and left alone`, async (t) => {
    const first = await create(t);
    const replica = await first.start(orderFor('stubborn.sh'));
    const next = await succeed(t, first);
    for (const identity of [
      { ...replica.identity, nonce: 'another' },
      { ...replica.identity, uid: replica.identity.uid + 1 },
    ]) {
      assert.equal(await next.adopt({ ...replica, identity }), 'unproven');
    }
    const recycled = { ...replica.identity, startTicks: replica.identity.startTicks - 1 };
    assert.equal(await next.adopt({ ...replica, identity: { ...recycled, mark: 'A=B' } }), 'gone');
    assert.ok(isRunning(readStat(replica.pid)));
    assert.equal(await next.adopt(replica), 'adopted');
  });

  test(`${name}: a replica has CPU from its second measure on, and memory from the first`, async (t) => {
    const engine = await create(t);
    const { id } = await engine.start(orderFor('server.cjs'));
    await engine.untilHealthy(id, HEALTH, never);
    const first = (await engine.measure()).get(id);
    assert.equal(first?.cpuCores, null);
    assert.ok(first.memoryBytes > 10 * 2 ** 20);
    const second = (await engine.measure()).get(id);
    assert.ok(second?.cpuCores !== null && second !== undefined && second.cpuCores >= 0);
  });

  test(`${name}: logs give the last lines, what holds a text, and with follow what comes`, async (t) => {
    const engine = await create(t);
    const order = orderFor('chatty.sh', { env: { LINES: '25000' } });
    await engine.start(order);
    await until('all is written', async () => (await engine.tail(order.id, 1))[0] === 'line 25000');
    assert.deepEqual(await engine.tail(order.id, 2), ['line 24999', 'line 25000']);

    const query = { service: 'api', sinceMs: null, lines: 2, grep: null, follow: false };
    const last = await all(engine.logs(query, never));
    assert.deepEqual(last, [
      { service: 'api', replica: order.id, text: 'line 24999' },
      { service: 'api', replica: order.id, text: 'line 25000' },
    ]);
    const found = await all(engine.logs({ ...query, grep: 'LINE 123', lines: 3 }, never));
    assert.deepEqual(
      found.map(({ text }) => text),
      ['line 12397', 'line 12398', 'line 12399'],
    );
    assert.equal((await all(engine.logs({ ...query, sinceMs: 0 }, never))).length, 25000);
    assert.deepEqual(await all(engine.logs({ ...query, service: 'x' }, never)), []);

    const controller = new AbortController();
    const followed: string[] = [];
    for await (const { text } of engine.logs({ ...query, follow: true }, controller.signal)) {
      followed.push(text);
      if (followed.length === 2) await engine.start(orderFor('chatty.sh', { env: { LINES: '2' } }));
      if (followed.length === 4) controller.abort();
    }
    assert.deepEqual(followed, ['line 24999', 'line 25000', 'line 1', 'line 2']);
  });

  test(`${name}: the machine is read`, async (t) => {
    const engine = await create(t);
    const host = await engine.host();
    assert.equal(host.cpu, null);
    assert.ok(host.cores >= 1 && host.freeMemoryBytes < host.memoryBytes);
    const cpu = await until('a second reading', async () => {
      const { cpu } = await engine.host();
      return cpu === null ? undefined : { share: cpu };
    });
    assert.ok(cpu.share >= 0 && cpu.share <= 1);
  });
}
