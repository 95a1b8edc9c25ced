/** A queue in the comparison: what it sends is worked off by calling the workers over HTTP, 64 at once. */
export interface QueuePeer {
  readonly name: string;
  /** What is on disk when, and what is kept. */
  readonly durability: string;
  /** Whether the workers' answers are kept. */
  readonly keepsResults: boolean;
  /** How `sendMany` sends. */
  readonly sends: string;
  start(site: QueueSite): Promise<RunningQueue>;
}

export interface QueueSite {
  /** For its files; its own. */
  readonly folder: string;
  /** A PostgreSQL with fsync on; the same for all. */
  readonly databaseUrl: string;
  /** Where ours is sent to, through the gateway. */
  readonly tasksUrl: string;
  /** Ports of the workers on 127.0.0.1. */
  readonly workers: readonly number[];
}

export interface RunningQueue {
  sendMany(jobs: number): Promise<void>;
  sendOne(data: object): Promise<void>;
  /** Those that are not in its books as done. */
  left(): Promise<number>;
  /** Forgets what is done. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export const AT_ONCE = 64;
const BATCH = 1000;

/** `jobs` in batches, one after the other. */
export async function inBatches(
  jobs: number,
  send: (batch: readonly object[]) => Promise<unknown>,
): Promise<void> {
  for (let sent = 0; sent < jobs; sent += BATCH) {
    await send(Array.from({ length: Math.min(BATCH, jobs - sent) }, (_, at) => ({ n: sent + at })));
  }
}
