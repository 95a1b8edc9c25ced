import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../kit/errors.ts';
import { gatewaySilent } from './errors.ts';
import { exchange } from './exchange.ts';

/** HAProxy's master: which workers there are, and reloads. */
export interface MasterSocket {
  /** @throws TidegateError GATEWAY_SILENT */
  workers(): Promise<WorkerTable>;
  /**
   * Has the master read its configuration again. True when a new worker has taken over, false when the old one goes on
   * because the new configuration failed. @throws TidegateError GATEWAY_SILENT
   */
  reload(): Promise<boolean>;
  /** Puts a question to a worker, also one that leaves; null when it has gone or is just going. */
  askWorker(pid: number, question: string): Promise<string | null>;
  /** Gives a worker commands, also one that leaves; what they came to is not known. @throws TidegateError GATEWAY_SILENT */
  tellWorker(pid: number, commands: readonly string[]): Promise<void>;
}

export interface WorkerTable {
  /** Takes new connections; null while there is none. */
  readonly current: number | null;
  /** Finish what they have, oldest last. */
  readonly old: readonly number[];
  readonly failedReloads: number;
}

/** How long a master that executes itself again is given to answer. */
const PATIENCE_MS = 10_000;

/** `ended` settles when the master has: nobody waits for an answer of a HAProxy that is gone. */
export function createMasterSocket(
  path: string,
  ended: Promise<unknown>,
  timeoutMs = PATIENCE_MS,
): MasterSocket {
  let gone = false;
  void ended.then(() => (gone = true));

  const ask = async (command: string): Promise<string> => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        // The master does not close by itself after an answer.
        return await exchange(path, `${command}; quit\n`, timeoutMs);
      } catch (cause) {
        // While it executes itself again for a reload it refuses for some 80 ms.
        const passing = ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes(
          codeOf(cause) ?? '',
        );
        if (gone || !passing || performance.now() > deadline) throw gatewaySilent(command, cause);
        await delay(10);
      }
    }
  };
  const workers = async (): Promise<WorkerTable> => parseWorkers(await ask('show proc'));

  return {
    workers,
    async reload() {
      const before = await workers();
      await exchange(path, 'reload; quit\n', timeoutMs).catch((cause: unknown) => {
        throw gatewaySilent('reload', cause);
      });
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const now = await workers();
        if (now.failedReloads > before.failedReloads) return false;
        if (now.current !== null && now.current !== before.current) return true;
        if (performance.now() > deadline)
          throw gatewaySilent('reload', new Error('no new worker came up'));
        await delay(10);
      }
    },
    async tellWorker(pid, commands) {
      // Each on a line of its own: together they may be longer than HAProxy takes one to be.
      await ask([`@!${pid}`, ...commands].join('\n'));
    },
    async askWorker(pid, question) {
      const answer = await ask(`@!${pid} ${question}`);
      return answer === '' || /^Can't (find|connect)/.test(answer) ? null : answer;
    },
  };
}

/** Reads the master's table of processes: `show proc`. */
export function parseWorkers(text: string): WorkerTable {
  let old = false;
  let failedReloads = 0;
  const pids: { current: number[]; old: number[] } = { current: [], old: [] };
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      old = line.startsWith('# old workers');
      continue;
    }
    const [, pid, kind] = /^(\d+)\s+(\w+)/.exec(line) ?? [];
    if (kind === 'master') failedReloads = Number(/\[failed: (\d+)\]/.exec(line)?.[1] ?? 0);
    if (kind === 'worker') pids[old ? 'old' : 'current'].push(Number(pid));
  }
  return { current: pids.current[0] ?? null, old: pids.old, failedReloads };
}
