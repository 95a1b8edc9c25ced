import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** Runs this module text in a Node of its own, which is to end itself with SIGKILL. */
export function killedNode(source: string): void {
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
  });
  assert.equal(signal, 'SIGKILL', stderr);
}
