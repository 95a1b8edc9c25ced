import type { TidegateConfig } from '../../spec/define.ts';
import type { Client } from '../../web/client.ts';
import type { Status } from '../../web/contract.ts';
import type { Recording } from '../recording/recording.ts';

/** What a lab works with. */
export interface Bench {
  /** Aborts at Ctrl-C and when the lab's time is over. */
  readonly signal: AbortSignal;
  /** How many clients a gateway can have at once here; Infinity: nobody said. */
  readonly mostClients: number;
  /** A line of progress. */
  say(line: string): void;
  /**
   * Starts `bin/tidegate up` with this configuration in a folder of its own, on free loopback ports, and waits until
   * every service has its minimum ready. Commands and paths may name programs of `labs/services` by `bench.program`.
   * @throws TidegateError UP_ENDED
   */
  start(config: TidegateConfig): Promise<LabProject>;
  /** The command that runs a program of `labs/services`: `[node, path, ...args]`. */
  program(file: string, ...args: string[]): string[];
  /**
   * Resolves as soon as `met` says true, looked at every 50 ms; `what` as in "waited in vain for WHAT". What `met` throws
   * counts as not yet. @throws TidegateError LAB_WAITED_IN_VAIN
   */
  until(what: string, met: () => boolean | Promise<boolean>, withinMs: number): Promise<void>;
  /** Resolves after so long; rejects at once when the signal aborts. */
  wait(durationMs: number): Promise<void>;
}

export interface LabProject {
  readonly gatewayUrl: string;
  /** Of the control plane that runs; after `revive` of the new one. */
  readonly client: Client;
  readonly folder: string;
  /** Of the control plane. */
  readonly pid: number;
  status(): Promise<Status>;
  /** Begins to gather what the control plane says; `stop` gives it. */
  record(): { stop(): Promise<Recording> };
  /** Starts another control plane in place of one that the lab has ended, and waits until all is ready. */
  revive(): Promise<void>;
  /** Drains and stops everything; the bench does so at the end anyway. */
  stop(): Promise<void>;
}
