import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import type { Status } from '../../src/web/contract.ts';

const tidegate = join(import.meta.dirname, '../../bin/tidegate');
const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

/** The shell lines of the README's walk, each with the lines it says come of it; of each block apart. */
function walk(): readonly (readonly Step[])[] {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.filter((block) => block.includes('#> ')).map(stepsOf);
}

function stepsOf(block: string): readonly Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('#> ')) steps.at(-1)?.shown.push(line.slice(3));
    else if (line !== '' && !/^(#|AT=)/.test(line)) steps.push({ command: line, shown: [] });
  }
  return steps;
}

test('the walk of the README shows what it says it shows, and a burst is worked off to the last task', async (t) => {
  const [typescript = [], python = []] = walk();
  assert.ok(typescript.filter(({ shown }) => shown.length > 0).length >= 7);
  assert.ok(python.some(({ shown }) => shown.length > 0));
  if (!hasPython) t.diagnostic('python3 is missing: the worker in Python was not tried');
  const steps = [...typescript, ...(hasPython ? python : [])];

  const outer = temporaryFolder(t);
  // Started by root, the database runs as another user, and its data is to go with the test.
  chmodSync(outer, 0o711);
  const folder = join(outer, 'tasks');
  cpSync(import.meta.dirname, folder, {
    recursive: true,
    filter: (path) => !path.endsWith('/.tidegate'),
  });
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  const [gateway, admin] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    TIDEGATE_GATEWAY_PORT: `${gateway}`,
    TIDEGATE_ADMIN_PORT: `${admin}`,
  };
  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 240_000 });
  const situation = (): string =>
    ['ps', 'explain worker', 'explain words', 'logs words']
      .map((asked) => run(tidegate, ...asked.split(' ')).stdout)
      .join('\n');
  // Here and not after the test: the folder, by which it is found, is gone by then.
  try {
    const up = run(tidegate, 'up', '-d');
    assert.equal(up.status, 0, up.stdout + up.stderr);

    const script = steps.map(({ command }) => `${command}\necho; echo ---`).join('\n');
    const walked = run('bash', '-c', `AT=http://127.0.0.1:${gateway}\n${script}`);
    const parts = walked.stdout.split('\n---\n');
    for (const [index, { command, shown }] of steps.entries()) {
      const lines = (parts[index] ?? '').trim().split(/\r?\n/);
      for (const [at, wanted] of shown.entries()) {
        assert.ok(
          lines[at]?.startsWith(wanted),
          `${command}\nshowed ${lines.join('\n')}\nand not ${wanted}\n${walked.stderr}\n${situation()}`,
        );
      }
      if (shown.length > 0) assert.equal(lines.length, shown.length, `${command}\n${parts[index]}`);
    }

    const burst = run(process.execPath, 'burst.js', '60');
    assert.match(burst.stdout, /60 succeeded, 0 failed/, burst.stdout + burst.stderr);

    const status = (): Status => JSON.parse(run(tidegate, 'status', '--json').stdout) as Status;
    const queue = () => status().tasks.queues.find(({ name }) => name === 'default');
    await until('all are counted', () => (queue()?.succeeded ?? 0) >= 60);
    assert.deepEqual([queue()?.service, queue()?.drainTargetMs], ['worker', 10_000]);
    assert.deepEqual(
      status().databases.map(({ name, state }) => [name, state]),
      [['main', 'ready']],
    );
  } finally {
    const down = run(tidegate, 'down');
    assert.equal(down.status, 0, down.stdout + down.stderr);
  }
});
