import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { isRunning, readStat } from '../../process/stat.ts';
import type { Bench, LabProject } from './bench.ts';
import type { Lab } from './lab.ts';
import { runLab } from './run-lab.ts';

const start = (bench: Bench): Promise<LabProject> =>
  bench.start({
    services: { app: { command: bench.program('work.js'), health: { path: '/health' } } },
  });
const lab = (run: Lab['run']): Lab => ({
  name: 'tiny',
  title: 'A tiny lab',
  teaches: [],
  aboutS: 1,
  run,
});
const quiet = { signal: new AbortController().signal, say: () => undefined };

test('a project answers, revives after a kill, is recorded, and is gone at the end', async () => {
  let pids: number[] = [];
  let folder = '';
  const result = await runLab(
    lab(async (bench) => {
      const project = await start(bench);
      folder = project.folder;
      const answer = await fetch(project.gatewayUrl);
      const first = project.pid;
      process.kill(first, 'SIGKILL');
      await project.revive();
      const status = await project.status();
      pids = [project.pid, status.gateway.pid ?? 0, status.services[0]?.replicas[0]?.pid ?? 0];
      await bench.until('something that was recorded', () => isRecorded(project), 10_000);
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

test('a lab that breaks leaves nothing running but keeps its folder, also with the control plane dead', async (t) => {
  let pids: number[] = [];
  const result = await runLab(
    lab(async (bench) => {
      const project = await start(bench);
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
    lab(async (bench) => {
      const { folder, pid, status } = await start(bench);
      const { gateway, services } = await status();
      // So that nothing is left, and `tidegate down` cannot be run there any more.
      for (const each of [pid, services[0]?.replicas[0]?.pid, gateway.pid])
        if (each) process.kill(each, 'SIGKILL');
      rmSync(folder, { recursive: true });
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
  let folder = '';
  const result = await runLab(
    lab(async (bench) => {
      const starting = start(bench);
      await until('it to be on its way', () => (folder = ownFolder()) !== '');
      first.abort();
      second.abort();
      await starting;
      return { claims: [], sections: [] };
    }),
    { ...quiet, signal: first.signal, hurry: second.signal },
  );
  assert.equal(result.state, 'interrupted');
  assert.deepEqual(result.folders, []);
  assert.equal(existsSync(folder), false);
});

test('a configuration that is refused is said in the words of tidegate up', async (t) => {
  const result = await runLab(
    lab(async (bench) => {
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

/** Of a lab that this process runs; empty: none. */
function ownFolder(): string {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('tidegate-lab-tiny-'));
  const own = folders
    .map((name) => join(tmpdir(), name))
    .find((folder) => {
      const owner = join(folder, 'lab.pid');
      return existsSync(owner) && Number(readFileSync(owner, 'utf8')) === process.pid;
    });
  return own ?? '';
}
