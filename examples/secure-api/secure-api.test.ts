import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';

const tidegate = join(import.meta.dirname, '../../bin/tidegate');

/** The shell lines of the README's walk, each with the lines it says come of it. */
function walk(): readonly { readonly command: string; readonly shown: readonly string[] }[] {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const block = /```sh\nAT=.*?\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('#> ')) steps.at(-1)?.shown.push(line.slice(3));
    else if (line !== '' && !line.startsWith('#')) steps.push({ command: line, shown: [] });
  }
  return steps;
}

test('the walk of the README shows what it says it shows', async (t) => {
  const steps = walk();
  assert.ok(steps.filter(({ shown }) => shown.length > 0).length >= 14);
  const outer = temporaryFolder(t);
  // Started by root, the databases run as other users, and their data is to go with the test.
  chmodSync(outer, 0o711);
  const folder = join(outer, 'secure-api');
  // Without what running it by hand has left: the walk begins with an empty cache.
  cpSync(import.meta.dirname, folder, {
    recursive: true,
    filter: (path) => !/\/(data|\.tidegate)$/.test(path),
  });
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  const [gateway, admin] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    TIDEGATE_GATEWAY_PORT: `${gateway}`,
    TIDEGATE_ADMIN_PORT: `${admin}`,
  };
  const run = (...args: string[]) =>
    spawnSync(tidegate, args, { cwd: folder, env, encoding: 'utf8', timeout: 180_000 });
  // Here and not after the test: the folder, by which it is found, is gone by then.
  try {
    const up = run('up', '-d');
    assert.equal(up.status, 0, up.stdout + up.stderr);

    const script = steps.map(({ command }) => `${command}\necho ---`).join('\n');
    const walked = spawnSync('bash', ['-c', `AT=http://127.0.0.1:${gateway}\n${script}`], {
      encoding: 'utf8',
      timeout: 180_000,
    });
    const parts = walked.stdout.split('---\n');
    for (const [index, { command, shown }] of steps.entries()) {
      const lines = (parts[index] ?? '').trim().split(/\r?\n/);
      assert.equal(
        lines.length,
        Math.max(1, shown.length),
        `${command}\n${parts[index]}${walked.stderr}`,
      );
      for (const [at, wanted] of shown.entries()) {
        assert.ok(
          lines[at]?.startsWith(wanted),
          `${command}\nshowed ${lines[at]}\nand not ${wanted}`,
        );
      }
    }
  } finally {
    const down = run('down');
    assert.equal(down.status, 0, down.stdout + down.stderr);
  }
});
