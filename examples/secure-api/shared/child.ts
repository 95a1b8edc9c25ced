import type { ChildProcess } from 'node:child_process';

/** Ends with the child, and hands it the signal that ends it in good order when we are told to end. */
export function passOnSignals(child: ChildProcess, signal: NodeJS.Signals): void {
  for (const received of ['SIGTERM', 'SIGINT'] as const) {
    process.on(received, () => child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}
