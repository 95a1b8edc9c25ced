import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../src/kit/errors.ts';
import { carriesNonce } from '../../src/process/identity.ts';
import { holdsOn, isRunning, readStat } from '../../src/process/stat.ts';
import type { Status } from '../../src/web/contract.ts';
import { until } from './until.ts';

/** Ends the control plane of the project in this folder with a signal and waits until it is gone. */
export async function endControl(folder: string, signal: NodeJS.Signals): Promise<number> {
  const control = readFileSync(join(folder, '.tidegate', 'control.json'), 'utf8');
  const { pid } = JSON.parse(control) as { pid: number };
  process.kill(pid, signal);
  await until(`the control plane ends by ${signal}`, () => !holdsOn(readStat(pid)));
  return pid;
}

/** What must be the same after an adoption: HAProxy and the replicas, by pid. */
export function runningOf({ gateway, services }: Status): Readonly<Record<string, number | null>> {
  const replicas = services.flatMap((service) => service.replicas);
  return Object.fromEntries([
    ['HAProxy', gateway.pid],
    ...replicas.filter(({ pid }) => pid !== null).map(({ id, pid }) => [id, pid]),
  ]) as Record<string, number | null>;
}

/** Every process that carries the nonce of the project in this folder. */
export function carriersOf(folder: string): readonly number[] {
  const [nonce = ''] = readFileSync(join(folder, '.tidegate', 'nonce'), 'utf8').split('\n');
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isRunning(readStat(pid)) && carriesNonce(pid, nonce));
}

/** SIGKILL to every one of them, as a reboot. */
export function killCarriers(folder: string): void {
  for (const pid of carriersOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (thrown) {
      // A worker of HAProxy goes with its master.
      if (codeOf(thrown) !== 'ESRCH') throw thrown;
    }
  }
}
