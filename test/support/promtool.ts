import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const TOOLS = join(import.meta.dirname, '../../.tools/bin');

/** Where the bootstrap put Prometheus, or wherever it is installed. */
export const WITH_PROMETHEUS = { ...process.env, PATH: `${TOOLS}:${process.env['PATH']}` };

/** What promtool thinks of it, which must not be anything but approval. */
export function promtool(args: readonly string[], input = ''): void {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    encoding: 'utf8',
    input,
    env: WITH_PROMETHEUS,
  });
  assert.equal(error, undefined, 'promtool is there: npm test brings it');
  assert.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`);
  // `check metrics` tells what it would rather have on a line of its own, and sometimes still succeeds.
  if (args.includes('metrics')) assert.equal(`${stdout}${stderr}`, '');
}
