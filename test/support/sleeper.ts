import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { ask } from './gateway.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

/**
 * A program that answers every request with its own share of its start, in ms: from the beginning of its process until
 * it listened, and what its first answer took.
 */
export const SLEEPER = `
const { createServer } = require('node:http');
let listensAfterMs, ownMs;
const server = createServer((request, response) => {
  const cameMs = performance.now();
  request.resume().on('end', () => {
    ownMs ??= listensAfterMs + performance.now() - cameMs;
    response.end(String(ownMs));
  });
});
server.listen(process.env.PORT, process.env.HOST, () => (listensAfterMs = performance.now()));
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
