import { EXIT, TidegateError, codeOf } from '../kit/errors.ts';
import type { Client } from '../web/client.ts';
import type { DeployAnswer } from '../web/contract.ts';
import { projectFolder } from './project-folder.ts';
import { followDeployment } from './follow-deployment.ts';
import type { CommonOptions, Io } from './io.ts';

/**
 * Begins a deployment and shows it to its end. Ctrl-C (or SIGTERM) interrupts it where it is; a second one leaves at
 * once and lets the control plane go on by itself.
 */
export async function commandDeployment(
  client: Client,
  begin: () => Promise<DeployAnswer>,
  { config, json = false }: CommonOptions,
  io: Io,
): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const everythingStops = async (): Promise<boolean> => {
      const offline = await import('../offline.ts');
      return offline.everythingStops(projectFolder(config));
    };
    const options = { json, interrupt: interrupt.signal, everythingStops };
    process.exitCode = await followDeployment(client, await begun(begin), options, io);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

// Private

/** @throws TidegateError CONTROL_LOST where nobody knows whether it began */
async function begun(begin: () => Promise<DeployAnswer>): Promise<DeployAnswer> {
  try {
    return await begin();
  } catch (thrown) {
    if (codeOf(thrown) !== 'ANSWER_BROKEN') throw thrown;
    throw new TidegateError('CONTROL_LOST', 'The control plane ended before it answered.', {
      hint: 'Start it with `tidegate up`, which adopts what runs, and give the command again.',
    });
  }
}
