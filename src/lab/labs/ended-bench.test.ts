import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { codeOf } from '../../kit/errors.ts';
import { isRunning, readStat } from '../../process/stat.ts';
import { quiet, startOne, tinyLab } from './fixtures/tiny-lab.ts';
import { runLab } from './run-lab.ts';

test('a lab that breaks leaves nothing running but keeps its folder, also with the control plane dead', async (t) => {
  let pids: number[] = [];
  const result = await runLab(
    tinyLab(async (bench) => {
      const project = await startOne(bench);
      const status = await project.status();
      pids = [status.gateway.pid ?? 0, status.services[0]?.replicas[0]?.pid ?? 0];
      process.kill(project.pid, 'SIGKILL');
      throw new Error('so it goes');
    }),
    quiet,
  );
  const [folder = ''] = result.folders;
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(result.state, 'broken');
  assert.equal(statSync(`${folder}/tidegate.config.json`).mode & 0o777, 0o600);
  assert.ok(pids.every((pid) => pid > 0 && !isRunning(readStat(pid))));
});

test('what could not be ended is said with the command that ends it, also after Ctrl-C', async () => {
  const interrupt = new AbortController();
  const result = await runLab(
    tinyLab(async (bench) => {
      const { folder, pid, status } = await startOne(bench);
      const { gateway, services } = await status();
      // So that nothing is left, and `tidegate down` cannot be run there any more.
      for (const each of [pid, services[0]?.replicas[0]?.pid, gateway.pid])
        if (each) process.kill(each, 'SIGKILL');
      // One that is not quite dead yet may still write there.
      rmSync(folder, { recursive: true, maxRetries: 5 });
      interrupt.abort();
      return { claims: [], sections: [] };
    }),
    { ...quiet, signal: interrupt.signal },
  );
  assert.equal(result.state, 'interrupted');
  assert.equal(result.problem?.code, 'LAB_LEFT_RUNNING');
  assert.match(result.problem?.hint ?? '', /^Run: tidegate down -c .*tidegate\.config\.json$/);
});

test('Ctrl-C, and once more, in the middle of a start ends that too and leaves no folder', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const earlier = ownFolders();
  let folder: string | undefined;
  const result = await runLab(
    tinyLab(async (bench) => {
      const starting = startOne(bench);
      folder = await until('it to be on its way', () =>
        ownFolders().find((each) => !earlier.includes(each)),
      );
      first.abort();
      second.abort();
      await starting;
      return { claims: [], sections: [] };
    }),
    { ...quiet, signal: first.signal, hurry: second.signal },
  );
  assert.equal(result.state, 'interrupted');
  assert.deepEqual(result.folders, []);
  assert.equal(existsSync(folder ?? ''), false);
});

/** Of labs that this process runs, or that one of its number ran which was killed. */
function ownFolders(): readonly string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('tidegate-lab-tiny-'));
  return folders
    .map((name) => join(tmpdir(), name))
    .filter((folder) => ownerOf(folder) === process.pid);
}

/** Null: nobody's any more, since others come and go beside us. */
function ownerOf(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, 'lab.pid'), 'utf8'));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
