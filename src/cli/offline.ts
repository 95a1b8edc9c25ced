import { EXIT, codeOf } from '../kit/errors.ts';
import type { Client } from '../web/client.ts';
import type { LogEntry, Status } from '../web/contract.ts';
import type { LogsRequest } from '../web/client.ts';
import { connect, projectFolder } from './connect.ts';
import type { CommonOptions, Io } from './io.ts';

/** What the state folder knows when no control plane runs. */
export interface Offline {
  /** The last known status, `control.pid` null; null when nothing was ever started in this folder. */
  status(folder: string): Promise<Status | null>;
  logs(folder: string, query: LogsRequest): AsyncIterable<LogEntry>;
}

/**
 * Shows what the control plane answers; without one, what the state folder knows, and then says that it is not running:
 * by the error it throws, or under `--json` by a line on standard error and the exit code.
 */
export async function showStatus(
  { config, json }: CommonOptions,
  io: Io,
  offline: Offline | undefined,
  show: (status: Status) => void,
): Promise<void> {
  const found = await orOffline(config, (client) => client.status());
  if (!('notRunning' in found)) {
    show(found.value);
    return;
  }
  const known = (await offline?.status(projectFolder(config))) ?? null;
  if (known === null) throw found.notRunning;
  show(known);
  endOffline(found.notRunning, json === true, io);
}

/** Passes on what `ask` answers, or the error that says that nothing runs. */
export async function orOffline<T>(
  config: string | undefined,
  ask: (client: Client) => Promise<T>,
): Promise<{ readonly value: T } | { readonly notRunning: Error }> {
  try {
    return { value: await ask(await connect(config)) };
  } catch (thrown) {
    if (codeOf(thrown) === 'CONTROL_NOT_RUNNING') return { notRunning: thrown as Error };
    throw thrown;
  }
}

/** Standard output already holds the one answer a script reads; a problem behind it would be a second. */
export function endOffline(notRunning: Error, json: boolean, io: Io): void {
  if (!json) throw notRunning;
  io.err(notRunning.message);
  process.exitCode = EXIT.failed;
}
