import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createReleasers } from '../../kit/releasers.ts';
import type { TidegateConfig } from '../../spec/define.ts';
import type { Bench, LabProject } from './bench.ts';
import { labWaitedInVain } from './errors.ts';
import { startLabProject } from './lab-project.ts';
import { releaseLabFolder } from './lab-folder.ts';

export interface HeldBench extends Bench {
  /** Where its projects were, the first started first. */
  readonly folders: readonly string[];
  /** Ends everything that was started through it. With `keep` the folders stay. @throws AggregateError */
  release(keep: boolean): Promise<void>;
}

export interface BenchOptions {
  readonly lab: string;
  readonly signal: AbortSignal;
  /** Aborts when nobody wants to wait for drains any more. */
  readonly hurry: AbortSignal;
  readonly mostClients: number;
  say(line: string): void;
}

export function createBench({ lab, hurry, mostClients, say, ...options }: BenchOptions): HeldBench {
  // What a lab that failed still has under way ends as well, and starts nothing more.
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const releasers = createReleasers();
  const folders: string[] = [];
  return {
    signal,
    folders,
    mostClients,
    say,
    async start(config: TidegateConfig): Promise<LabProject> {
      const started = (folder: string, end: () => Promise<void>): void => {
        folders.push(folder);
        releasers.add(folder, end);
      };
      const project = await startLabProject(config, { lab, signal, hurry, started });
      signal.throwIfAborted();
      return project;
    },
    program: (file, ...args) => [
      process.execPath,
      join(import.meta.dirname, 'services', file),
      ...args,
    ],
    async until(what, met, withinMs) {
      const deadline = performance.now() + withinMs;
      let problem: unknown;
      for (;;) {
        signal.throwIfAborted();
        try {
          if (await met()) return;
          problem = undefined;
        } catch (thrown) {
          // A control plane that is being killed does not answer for a moment.
          problem = thrown;
        }
        if (performance.now() > deadline) throw labWaitedInVain(what, withinMs, problem);
        await delay(50, undefined, { signal });
      }
    },
    wait: (durationMs) => delay(durationMs, undefined, { signal }),
    async release(keep) {
      over.abort();
      await releasers.releaseAll();
      for (const folder of folders) releaseLabFolder(folder, keep);
    },
  };
}
