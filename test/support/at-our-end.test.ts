import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { killedNode } from './killed-node.ts';
import { temporaryFolder } from './temporary.ts';
import { until } from './until.ts';

const MODULE = join(import.meta.dirname, 'at-our-end.ts');

test('what was left to be done is done when the process is killed', async (t) => {
  const file = join(temporaryFolder(t), 'done');
  killedNode(`
    import { atOurEnd } from '${MODULE}';
    import { existsSync } from 'node:fs';
    atOurEnd('echo > ${file}');
    if (!existsSync('${file}')) process.kill(process.pid, 'SIGKILL');
  `);
  await until('it to be done', () => existsSync(file));
});

test('a process that carries the nonce does not outlive the one that was killed', async (t) => {
  const file = join(temporaryFolder(t), 'pid');
  killedNode(`
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    import { killAtOurEnd } from '${MODULE}';
    const env = { PATH: process.env.PATH, TIDEGATE_NONCE: 'nonce-at-our-end-${process.pid}' };
    const { pid } = spawn('sleep', ['300'], { detached: true, stdio: 'ignore', env });
    writeFileSync('${file}', String(pid));
    killAtOurEnd(env.TIDEGATE_NONCE);
    process.kill(process.pid, 'SIGKILL');
  `);
  const pid = Number(readFileSync(file, 'utf8'));
  assert.ok(pid > 1);
  await until('it to be gone', () => !isRunning(readStat(pid)));
});
