/** Every lab, one after the other, with its report: what `tidegate lab all --report DIR` promises. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { LABS } from '../../src/lab/labs/labs.ts';
import type { LabResult } from '../../src/lab/labs/run-lab.ts';
import { TIDEGATE } from '../support/project.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('all labs pass with one command, in less than a quarter of an hour', async (t) => {
  const folder = temporaryFolder(t);
  const startedAt = performance.now();
  const { code, out, err } = await runAll(folder);
  const tookS = (performance.now() - startedAt) / 1000;
  const { labs } = JSON.parse(out) as { labs: readonly LabResult[] };
  for (const { name, state, durationS, claims, problem } of labs) {
    const unmet = claims.filter(({ met }) => !met);
    t.diagnostic(`${name}: ${state} after ${Math.round(durationS)} s`);
    for (const { text, expected, measured } of unmet)
      t.diagnostic(`  ${text}: expected ${expected}, measured ${measured}`);
    if (problem) t.diagnostic(`  ${problem.message}`);
  }
  t.diagnostic(`in all ${Math.round(tookS)} s`);
  assert.equal(code, 0, err);
  assert.deepEqual(
    labs.map(({ name }) => name),
    LABS.map(({ name }) => name),
  );
  assert.ok(tookS < 15 * 60);
  for (const name of ['index', ...labs.map((lab) => lab.name)])
    assert.ok(existsSync(join(folder, `${name}.html`)), name);
});

function runAll(folder: string): Promise<{ code: number; out: string; err: string }> {
  const args = ['lab', 'all', '--json', '--report', folder];
  return new Promise((resolve) => {
    execFile(TIDEGATE, args, { maxBuffer: 256 * 1024 * 1024 }, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, out, err });
    });
  });
}
