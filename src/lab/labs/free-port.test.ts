import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from './free-port.ts';

/** Where nobody draws but this file. */
const apart = (): number => randomInt(10_000, 11_000);

/** Draws this one first. */
function drawing(port: number): () => number {
  const left = [port];
  return () => left.shift() ?? apart();
}

test('who was given a port is the only one until its process ends, in whichever process the others ask', async (t) => {
  const module = JSON.stringify(join(import.meta.dirname, 'free-port.ts'));
  const program = `
    import { randomInt } from 'node:crypto';
    const { freePort } = await import(${module});
    console.log(await freePort(() => randomInt(10_000, 11_000)));
    process.stdin.resume();
  `;
  const other = spawn(process.execPath, ['--input-type=module', '-e', program]);
  t.after(() => other.kill('SIGKILL'));
  const [said] = (await once(other.stdout, 'data')) as [Buffer];
  const theirs = Number(said.toString());
  assert.notEqual(await freePort(drawing(theirs)), theirs);
  other.kill('SIGKILL');
  await once(other, 'exit');
  assert.equal(await freePort(drawing(theirs)), theirs);
  assert.notEqual(await freePort(drawing(theirs)), theirs, 'it is ours now');
});

test('a port on which somebody listens is not given, and one that was given may be listened on', async (t) => {
  const listening = async (on: number): Promise<number> => {
    const server = createServer().listen(on, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const taken = await listening(0);
  const given = await freePort(drawing(taken));
  assert.notEqual(given, taken);
  assert.equal(await listening(given), given);
});
