import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { ask } from './gateway.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

/** A program that answers every request with when it was first able to, in ms since its process began. */
export const SLEEPER = `
const { createServer } = require('node:http');
let ready;
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end(String(ready)));
});
server.listen(process.env.PORT, process.env.HOST, () => (ready = performance.now()));
`;

/** Starts a program directly, asks until it answers, and ends it: ms from its start to its answer. */
export async function ownStartMs(t: TestContext, folder: string, file: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: 'ignore',
  });
  const end = (): void => void child.kill('SIGKILL');
  t.after(end);
  await until('the program to answer', () =>
    ask(port).then(
      () => true,
      () => false,
    ),
  );
  const tookMs = performance.now() - startedAt;
  const exited = once(child, 'exit');
  end();
  await exited;
  return tookMs;
}
