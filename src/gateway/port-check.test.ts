import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { freePort } from '../../test/support/ports.ts';
import { halfEnded, noHalfEnded } from '../../test/support/half-ended.ts';
import { until } from '../../test/support/until.ts';
import { isRunning, readStat } from '../process/stat.ts';
import { checkPorts } from './port-check.ts';

test('a free port passes and is free afterwards', async () => {
  const port = await freePort();
  await checkPorts([{ host: '127.0.0.1', port, key: 'gateway.port' }]);
  await checkPorts([{ host: '127.0.0.1', port, key: 'gateway.port' }]);
});

test('a taken port names its holder and what to do', async (t) => {
  const port = await taken(t);
  await assert.rejects(checkPorts([{ host: '127.0.0.1', port, key: 'gateway.port' }]), {
    code: 'PORT_TAKEN',
    message: new RegExp(`port ${port} on 127.0.0.1 is taken by .* \\(pid ${process.pid}\\)`),
    hint: /gateway\.port/,
  });
});

test('a port that another project of Tidegate holds names its folder', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, '.tidegate'));
  const held = openSync(join(folder, '.tidegate', 'lock'), 'w');
  t.after(() => closeSync(held));
  const port = await taken(t);
  await assert.rejects(
    checkPorts([{ host: '127.0.0.1', port, key: 'gateway.port' }]),
    (thrown: Error) =>
      thrown.message.endsWith(`(pid ${process.pid}) of the Tidegate project in ${folder}`),
  );
});

const LISTEN =
  'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 1);';

test('a port whose holder is on its way out is waited for', {
  skip: noHalfEnded,
}, async (t) => {
  const port = await freePort();
  const holder = spawn('perl', ['-e', halfEnded(LISTEN), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await until('its first thread has ended', () => !isRunning(readStat(holder.pid as number)));
  await checkPorts([{ host: '127.0.0.1', port, key: 'gateway.port' }]);
});

/** How often it was waited for anything before the port was said to be taken. */
const WAITS = `
  import { createHook } from 'node:async_hooks';
  const [, module, port] = process.argv;
  const { checkPorts } = await import(module);
  let waits = 0;
  createHook({ init: (_, kind) => void (waits += Number(kind === 'Timeout')) }).enable();
  const said = await checkPorts([{ host: '127.0.0.1', port: Number(port), key: 'gateway.port' }]).catch(({ code }) => code);
  console.log(said, waits);`;

test('a port of another user’s program is said to be taken at once: nothing ever shows of it', {
  skip: process.getuid?.() !== 0 && 'only root may do this',
}, async (t) => {
  const module = join(import.meta.dirname, 'port-check.ts');
  const asNobody = { uid: 65534, gid: 65534, cwd: '/' } as const;
  const args = ['--input-type=module', '-e', WAITS, module, String(await taken(t))];
  const child = spawn(process.execPath, args, asNobody);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'PORT_TAKEN 0\n');
});

test('the admin port is told by its own key', async (t) => {
  const port = await taken(t);
  await assert.rejects(checkPorts([{ host: '127.0.0.1', port, key: 'admin.port' }]), {
    message: new RegExp(`taken by .* \\(pid ${process.pid}\\)`),
    hint: /admin\.port/,
  });
  await assert.rejects(checkPorts([{ host: '192.0.2.1', port: 8081, key: 'admin.port' }]), {
    code: 'LISTEN_FAILED',
    hint: /admin\.host/,
  });
});

test('an address that is not this machine’s is refused', async () => {
  await assert.rejects(checkPorts([{ host: '192.0.2.1', port: 8080, key: 'gateway.port' }]), {
    code: 'GATEWAY_REFUSED',
    message: /cannot listen on 192\.0\.2\.1:8080/,
  });
});

test('ports that are taken are told all at once, each with its holder and its key', async (t) => {
  const [first, second] = [await taken(t), await taken(t)];
  const listeners = [
    { host: '127.0.0.1', port: first, key: 'admin.port' },
    { host: '127.0.0.1', port: await freePort(), key: 'gateway.port' },
    { host: '127.0.0.1', port: second, key: 'gateway.tls.port' },
  ] as const;
  await assert.rejects(checkPorts(listeners), {
    code: 'PORT_TAKEN',
    message: new RegExp(
      `^port ${first} on 127.0.0.1 is taken by .*pid ${process.pid}\\), port ${second} on 127.0.0.1 by .*pid ${process.pid}`,
    ),
    hint: /admin\.port and gateway\.tls\.port$/,
  });
});

async function taken(t: TestContext): Promise<number> {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
