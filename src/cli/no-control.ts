import { EXIT, TidegateError } from '../kit/errors.ts';
import type { LeftRunning } from '../offline.ts';
import { controlNotRunning } from './errors.ts';

/** What to say where no control plane answers: whether the gateway and replicas serve on without one. */
export async function noControl(folder: string): Promise<TidegateError> {
  const { leftRunning } = await import('../offline.ts');
  let left: LeftRunning;
  try {
    left = leftRunning(folder);
  } catch {
    // A state file that cannot be read is told by whoever needs it: that nothing answers is true all the same.
    return controlNotRunning(folder);
  }
  return noControlBut(folder, left);
}

/** CONTROL_NOT_RUNNING, with what is left. */
export function noControlBut(folder: string, left: LeftRunning): TidegateError {
  const { gatewayPid, replicas, databases } = left;
  const count = `${replicas.length} ${replicas.length === 1 ? 'replica' : 'replicas'}`;
  const facts = { folder, gatewayPid, replicas, databases };
  if (gatewayPid === null) {
    if (replicas.length > 0) {
      const run = replicas.length === 1 ? 'runs' : 'run';
      const also = databases.length === 0 ? '' : `; ${serversRun(databases)}`;
      return gone(
        `nor is the gateway; ${count} ${run} on, and no request comes through${also}`,
        facts,
      );
    }
    if (databases.length === 0) return controlNotRunning(folder);
    return gone(`nor is the gateway; ${serversRun(databases)}`, facts);
  }
  const also = replicas.length === 0 ? '' : ` and ${count}`;
  const go = replicas.length === 0 ? 'goes' : 'go';
  const servers = databases.length === 0 ? '' : `, and ${serversRun(databases)}`;
  return gone(`the gateway (pid ${gatewayPid})${also} ${go} on serving${servers}`, facts);
}

// Private

function serversRun(databases: readonly string[]): string {
  return databases.length === 1
    ? `the database ${databases.join()} runs on`
    : `the databases ${databases.join(', ')} run on`;
}

function gone(what: string, facts: Readonly<Record<string, unknown>>): TidegateError {
  const glue = what.startsWith('nor') ? ',' : ';';
  return new TidegateError(
    'CONTROL_NOT_RUNNING',
    `The control plane is not running${glue} ${what}.`,
    {
      hint: 'Nothing scales or is replaced until `tidegate up`, which takes over; `tidegate down` ends it all.',
      exitCode: EXIT.failed,
      facts,
    },
  );
}
