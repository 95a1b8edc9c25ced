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
export function noControlBut(folder: string, { gatewayPid, replicas }: LeftRunning): TidegateError {
  const count = `${replicas.length} ${replicas.length === 1 ? 'replica' : 'replicas'}`;
  if (gatewayPid === null && replicas.length === 0) return controlNotRunning(folder);
  const facts = { folder, gatewayPid, replicas };
  if (gatewayPid === null) {
    return gone(
      `nor is the gateway; ${count} ${replicas.length === 1 ? 'runs' : 'run'} on, and no request comes through`,
      facts,
    );
  }
  const also = replicas.length === 0 ? '' : ` and ${count}`;
  return gone(
    `the gateway (pid ${gatewayPid})${also} ${replicas.length === 0 ? 'goes' : 'go'} on serving`,
    facts,
  );
}

// Private

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
