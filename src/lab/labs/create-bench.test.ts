import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { isRunning, readStat } from '../../process/stat.ts';
import type { LabProject } from './bench.ts';
import { quiet, startOne, tinyLab } from './fixtures/tiny-lab.ts';
import { runLab } from './run-lab.ts';

test('a project answers, revives after a kill, is recorded, and is gone at the end', async () => {
  let pids: number[] = [];
  let folder = '';
  const result = await runLab(
    tinyLab(async (bench) => {
      const project = await startOne(bench);
      folder = project.folder;
      const answer = await fetch(project.gatewayUrl);
      const first = project.pid;
      process.kill(first, 'SIGKILL');
      await project.revive();
      const status = await project.status();
      pids = [project.pid, status.gateway.pid ?? 0, status.services[0]?.replicas[0]?.pid ?? 0];
      await bench.until('something that was recorded', () => isRecorded(project), 60_000);
      const met = answer.ok && project.pid !== first;
      return {
        claims: [{ text: 'it answers', expected: '', measured: '', met }],
        sections: [],
      };
    }),
    quiet,
  );
  assert.equal(result.passed, true, JSON.stringify(result.problem));
  assert.ok(pids.every((pid) => pid > 0 && !isRunning(readStat(pid))));
  assert.equal(existsSync(folder), false);
});

test('a configuration that is refused is said in the words of tidegate up', async (t) => {
  const result = await runLab(
    tinyLab(async (bench) => {
      await bench.start({ services: { app: { command: 'true', scale: { min: 5, max: 2 } } } });
      return { claims: [], sections: [] };
    }),
    quiet,
  );
  t.after(() => rmSync(result.folders[0] ?? '', { recursive: true }));
  assert.deepEqual([result.state, result.problem?.code], ['broken', 'UP_ENDED']);
  assert.match(result.problem?.message ?? '', /services\.app\.scale/);
});

/** A recording of a moment: the control plane may have said nothing yet. */
async function isRecorded(project: LabProject): Promise<boolean> {
  const recorder = project.record();
  await project.status();
  return (await recorder.stop()).services[0]?.name === 'app';
}
