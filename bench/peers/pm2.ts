import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { outputOf } from '../support/program.ts';

export interface RunningPm2 {
  /** Replaces all copies, and returns when PM2 says it has. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

interface Pm2Site {
  /** For PM2 itself, its daemon's files and logs; its own. */
  readonly folder: string;
  /** Where all copies listen on 127.0.0.1. */
  readonly port: number;
  readonly program: string;
  readonly copies: number;
  readonly signal: AbortSignal;
}

/** PM2 7 from npm with copies of a program in cluster mode; its daemon knows nothing of another PM2 on this machine. */
export async function startPm2({
  folder,
  port,
  program,
  copies,
  signal,
}: Pm2Site): Promise<RunningPm2> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const npm = ['npm', 'i', 'pm2@7', '--no-audit', '--no-fund', '--prefix', folder] as const;
  await outputOf(npm, signal);
  const home = join(folder, 'home');
  const environment = [`PM2_HOME=${home}`, `PORT=${port}`, 'PM2_PING=0'];
  const bin = join(folder, 'node_modules/pm2/bin/pm2');
  const pm2 = (args: readonly string[], until: AbortSignal): Promise<string> =>
    outputOf(['env', ...environment, process.execPath, bin, ...args], until);

  await pm2(['start', program, '--name', 'app', '-i', `${copies}`], signal);
  const daemon = Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));
  return {
    reload: async () => void (await pm2(['reload', 'app'], signal)),
    async stop() {
      // Also after Ctrl-C.
      await pm2(['kill'], AbortSignal.timeout(20_000)).catch(() => undefined);
      for (let tries = 0; isThere(daemon); tries++) {
        if (tries === 100) process.kill(daemon, 'SIGKILL');
        await delay(20);
      }
    },
  };
}

// Private

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
