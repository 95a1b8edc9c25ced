import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

const root = join(import.meta.dirname, '../..');

export interface ShopClone {
  /** The path of `start.ts`. */
  readonly start: string;
  readonly shop: string;
}

/** The clone as `start.ts` sees it, with a shop of its own: the tests do not meddle with one that is up. */
export function shopClone(t: TestContext): ShopClone {
  const folder = temporaryFolder(t);
  for (const name of ['bin', 'src', 'node_modules', 'package.json']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(root, 'scripts/start.ts'), join(folder, 'scripts/start.ts'));
  const shop = join(folder, 'examples/shop');
  cpSync(join(root, 'examples/shop'), shop, {
    recursive: true,
    filter: (path) => !path.includes('.tidegate'),
  });
  // On a busy machine an answer may take longer than the shop waits for one, and that would be no fault of what is tried.
  replaceIn(join(shop, 'shared/ask.ts'), 'timeout(5_000)', 'timeout(60_000)');
  replaceIn(join(shop, 'tidegate.config.ts'), "timeout: '15s'", "timeout: '1m'");
  return { start: join(folder, 'scripts/start.ts'), shop };
}

export interface StartedShop {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  readonly said: () => string;
}

/** Runs `start.ts` on free ports, or on this one of the gateway; ended after the test. */
export async function startShop(
  t: TestContext,
  { start }: ShopClone,
  args: readonly string[],
  gatewayPort?: number,
): Promise<StartedShop> {
  const child = spawn(process.execPath, [start, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TIDEGATE_GATEWAY_PORT: `${gatewayPort ?? (await freePort())}`,
      TIDEGATE_ADMIN_PORT: `${await freePort()}`,
    },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  t.after(async () => {
    // It hands the signal on, so that nothing of the shop is left behind a test that failed.
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
  });
  return { child, ended, said: () => said };
}

// Private

function replaceIn(path: string, what: string, by: string): void {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(what), `${what} in ${path}`);
  writeFileSync(path, text.replace(what, by));
}
