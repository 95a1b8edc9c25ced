import { codeOf } from '../kit/errors.ts';
import type { knownReplicas } from '../offline.ts';
import { projectFolder } from './project-folder.ts';
import type { CommonOptions, Io } from './io.ts';
import { noControl } from './no-control.ts';
import { layOut } from './table.ts';

/**
 * For commands that only look: without a control plane, shows the replicas the state file knows (they may still be
 * serving) before the error that says that it is not running. Under `--json` the error alone is the answer.
 */
export async function orKnownReplicas(
  { config, json }: CommonOptions,
  io: Io,
  look: () => Promise<void>,
): Promise<void> {
  try {
    await look();
  } catch (thrown) {
    if (codeOf(thrown) !== 'CONTROL_NOT_RUNNING') throw thrown;
    const folder = projectFolder(config);
    if (!json) {
      const offline = await import('../offline.ts');
      for (const line of linesOf(offline.knownReplicas(folder))) io.out(line);
    }
    // One that was killed a moment ago may still be in the process table: it refuses, and that is all it says.
    throw await noControl(folder);
  }
}

// Private

type Rows = ReturnType<typeof knownReplicas>;

function linesOf(rows: Rows): readonly string[] {
  if (rows.length === 0) return [];
  const table = layOut(
    ['replica', 'last state', 'revision', 'address', 'pid'],
    rows.map(({ id, state, revision, host, port, pid }) => [
      id,
      state,
      revision,
      host === null ? '–' : `${host}:${port}`,
      String(pid ?? '–'),
    ]),
  );
  return ['The replicas the state file knows:', ...table];
}
