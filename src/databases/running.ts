import { prove, type ProcessIdentity } from '../process/identity.ts';
import type { LogFiles } from '../process/log-file.ts';
import { spawn } from '../process/spawn.ts';
import { interrupted } from './errors.ts';
import type { FoundServer } from './found.ts';
import { DATA_VARIABLE, KIND_VARIABLE, NAME_VARIABLE } from './found.ts';
import { untilFree } from './holders.ts';
import type { ServerKind, ServerSite } from './server-kind.ts';

/** A server that runs, or did. */
export interface RunningServer {
  readonly identity: ProcessIdentity;
  readonly port: number;
  readonly adopted: boolean;
  /** Resolves with how it ended: `'exit code 1'`, `'SIGKILL'`. */
  readonly exited: Promise<string>;
  /** Its end is looked out for no longer. */
  letGo(): void;
}

export interface RunPlace {
  readonly nonce: string;
  readonly logPath: string;
  readonly logFiles: LogFiles;
}

/**
 * Starts a server in a session of its own with its output in a file, so that it outlives us. Once `giveUp` aborts none is
 * started: the next control plane may be at work by then.
 * @throws TidegateError DATABASE_MISSING, DATABASE_FAILED, DATABASE_IN_USE, SPAWN_FAILED, LOG_NOT_WRITABLE, INTERRUPTED
 */
export async function startServer(
  kind: ServerKind,
  site: ServerSite,
  port: number,
  { nonce, logPath, logFiles }: RunPlace,
  giveUp: AbortSignal,
): Promise<RunningServer> {
  await untilFree(site, kind, giveUp);
  const argv = await kind.prepare(site, port);
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    [NAME_VARIABLE]: site.name,
    [KIND_VARIABLE]: kind.kind,
    [DATA_VARIABLE]: site.data,
  };
  const user = site.account?.name ?? null;
  if (giveUp.aborted) throw interrupted(site.name);
  const spawned = await spawn({ argv, cwd: '/', env, user, nonce, logPath }, logFiles);
  const exited = spawned.exited.then(({ code, signal }) => signal ?? `exit code ${code}`);
  return { identity: spawned.identity, port, adopted: false, exited, letGo: () => undefined };
}

/** One that somebody else started: nobody tells us of its end, so it is looked for. */
export function watchServer({ identity }: FoundServer, port: number): RunningServer {
  let timer: NodeJS.Timeout | undefined;
  const exited = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      if (prove(identity) !== 'gone') return;
      clearInterval(timer);
      resolve('it is gone');
    }, WATCH_MS).unref();
  });
  return { identity, port, adopted: true, exited, letGo: () => clearInterval(timer) };
}

// Private

/** A death is noticed this late; a look takes some 30 us. */
const WATCH_MS = 100;
