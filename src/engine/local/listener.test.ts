import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { testEngine } from '../../../test/support/engine.ts';
import { HEALTH, orderFor } from '../contract.ts';

const never = new AbortController().signal;

/** A program older than all replicas that listens on the port it is told, and answers everybody. */
async function thief(t: TestContext, host: string) {
  const text = `
    process.stdin.once('data', (port) => {
      require('node:http').createServer((_, response) => response.end('stolen'))
        .listen(Number(port), ${JSON.stringify(host)}, () => console.log('listening'));
    });
    console.log('ready')`;
  const child = spawn(process.execPath, ['-e', text], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    pid: child.pid as number,
    async take(port: number) {
      const answered = once(child.stdout, 'data');
      child.stdin.write(`${port}\n`);
      await answered;
    },
  };
}

for (const host of ['127.0.0.1', '::']) {
  test(`what an older program answers on ${host} is not taken for the replica`, async (t) => {
    const { engine } = await testEngine(t);
    const { pid, take } = await thief(t, host);
    const replica = await engine.start(
      orderFor('server.cjs', { env: { START_DELAY_MS: '60000' } }),
    );
    await take(replica.address.port);
    for (const path of [null, '/']) {
      await assert.rejects(engine.untilHealthy(replica.id, { ...HEALTH, path }, never), {
        code: 'PORT_STOLEN',
        message: new RegExp(`port ${replica.address.port} of ${replica.id} .* process ${pid} \\(`),
        facts: { replica: replica.id, port: replica.address.port, pid, program: programName },
      });
    }
  });
}

test('a program that ends because its port was taken is told as that', async (t) => {
  const { engine, folder } = await testEngine(t);
  const { take } = await thief(t, '127.0.0.1');
  const go = join(folder, 'go');
  const order = orderFor('server.cjs', { env: { GO: go } });
  const argv = order.command.kind === 'argv' ? order.command.argv : [];
  const text = `until [ -e "$GO" ]; do sleep 0.02; done; exec ${argv.join(' ')}`;
  const replica = await engine.start({ ...order, command: { kind: 'shell', text } });
  const exited = new Promise((resolve) => engine.onExit(resolve));
  await take(replica.address.port);
  writeFileSync(go, '');
  await exited;
  await assert.rejects(engine.untilHealthy(replica.id, HEALTH, never), { code: 'PORT_STOLEN' });
});

test('what was started after the replica may serve for it', async (t) => {
  const { engine } = await testEngine(t);
  const later = orderFor('server.cjs', { env: { START_DELAY_MS: '60000' } });
  const replica = await engine.start(later);
  const { take } = await thief(t, '127.0.0.1');
  await take(replica.address.port);
  await engine.untilHealthy(replica.id, HEALTH, never);
});

test('a child that made itself a session of its own serves for its replica', async (t) => {
  const { engine } = await testEngine(t);
  const order = orderFor('server.cjs');
  const argv = order.command.kind === 'argv' ? order.command.argv : [];
  const text = `setsid ${argv.join(' ')} & exec sleep 300`;
  const { id } = await engine.start({ ...order, command: { kind: 'shell', text } });
  await engine.untilHealthy(id, HEALTH, never);
});

// Private

/** Its own name, as the kernel keeps it. */
const programName = 'node';
