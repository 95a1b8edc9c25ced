import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Has a shell command carried out once this process is gone, however it ended: a test that is interrupted or killed
 * runs no `after`, and what it started in sessions of their own would stay.
 */
export function atOurEnd(command: string): void {
  will ??= startWill();
  will.write(`${command}\n`);
}

/** Kills whatever carries the nonce then. */
export function killAtOurEnd(nonce: string): void {
  const carriers = `grep -lszx 'TIDEGATE_NONCE=${nonce}' /proc/[0-9]*/environ | cut -d/ -f3`;
  atOurEnd(`for pid in $(${carriers}); do kill -KILL "$pid"; done`);
}

// Private

let will: Writable | undefined;

/** Its input ends when we do. A session of its own keeps it from what interrupts us. */
function startWill(): Writable {
  const shell = spawn('sh', ['-c', 'commands=$(cat); eval "$commands"'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  const { stdin } = shell;
  // Not every Writable can be let go of; a pipe can.
  (stdin as Writable & { unref(): void }).unref();
  return stdin;
}
