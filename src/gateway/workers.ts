import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { NO_USE, addUse, parseCacheUse, type CacheUse } from './cache-use.ts';
import { parseConnections } from './connections.ts';
import { addGrowth, type Counts, type Seen } from './counts.ts';
import { gatewaySilent } from './errors.ts';
import type { GatewayConnections } from './gateway.ts';
import type { MasterSocket } from './master-socket.ts';
import type { SlotTable } from './plan.ts';
import type { RuntimeSocket } from './runtime-socket.ts';
import { SHOW_STAT, parseStat, type StatLine } from './stat.ts';

/** What one worker shows: the one that takes connections, or an earlier one that finishes what it has. */
export interface WorkerStat {
  readonly current: boolean;
  /** Which replica sits in which slot; an earlier worker's do not change any more. */
  readonly slots: SlotTable;
  readonly lines: readonly StatLine[];
  /** Null: not asked for. */
  readonly connections: GatewayConnections | null;
}

/** Follows HAProxy's workers through reloads, so that nothing an earlier one still serves is overlooked. */
export interface Workers {
  /** A new worker has taken over. */
  replace(pid: number, slots: SlotTable): void;
  /** One that still finishes what it has was there before we were. */
  recall(pid: number, slots: SlotTable): void;
  /**
   * The current worker's slots were changed at runtime. What its counters show until now is nobody's who has just sat
   * down. @throws TidegateError GATEWAY_SILENT (the slots are changed all the same)
   */
  reseat(slots: SlotTable): Promise<void>;
  /** Gives commands to the earlier ones; what they came to is not known. @throws TidegateError GATEWAY_SILENT */
  tellEarlier(commands: readonly string[]): Promise<void>;
  /** The statistics of all of them, the current one's first. @throws TidegateError GATEWAY_SILENT */
  stat(): Promise<readonly WorkerStat[]>;
  /** The servers of one backend in all of them. @throws TidegateError GATEWAY_SILENT */
  serversOf(backend: string): Promise<readonly WorkerStat[]>;
  /** Everything through the master, which answers also while the workers leave. @throws TidegateError GATEWAY_SILENT */
  statOfLeaving(): Promise<readonly WorkerStat[]>;
  /**
   * What all of them have answered since the previous call, by backend and replica, as of the last `stat`. What an earlier worker
   * answers between that and its end (a last request of each client it kept) is not counted.
   */
  takeCounts(): ReadonlyMap<string, Counts>;
  /** The same for who looks more often than the others: since the previous call of this, nothing at the first. */
  takeAttempts(): ReadonlyMap<string, Counts>;
  /** What was looked up in the caches of all of them since the previous call, as of the last `stat`. */
  takeCacheUse(): CacheUse;
}

export function createWorkers(runtime: RuntimeSocket, master: MasterSocket): Workers {
  let current: Worker | undefined;
  let earlier: readonly Worker[] = [];
  let counts = new Map<string, Counts>();
  /** Null: nobody has asked yet, and nobody may ever. */
  let attempts: Map<string, Counts> | null = null;
  let cacheUse = NO_USE;

  const read = (worker: Worker, text: string): WorkerStat => {
    const lines = parseStat(text);
    if (attempts) addGrowth(attempts, worker.seen, lines, worker.slots);
    worker.seen = addGrowth(counts, worker.seen, lines, worker.slots);
    const use = parseCacheUse(text);
    if (use) {
      cacheUse = addUse(cacheUse, worker.cacheUse, use);
      worker.cacheUse = use;
    }
    const connections = parseConnections(text);
    return { current: worker === current, slots: worker.slots, lines, connections };
  };
  /** Null: it has gone. One that is silent and still there must not pass for one with nothing in flight. */
  const askMaster = async (worker: Worker, question: string): Promise<WorkerStat | null> => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const text = await master.askWorker(worker.pid, question);
      if (text !== null) return read(worker, text);
      const { current, old } = await master.workers();
      if (worker.pid !== current && !old.includes(worker.pid)) return null;
      await delay(10);
    }
    throw gatewaySilent(`worker ${worker.pid}`);
  };
  const askEarlier = async (question: string): Promise<readonly WorkerStat[]> => {
    const asked = earlier;
    const answers = await Promise.all(asked.map((worker) => askMaster(worker, question)));
    earlier = asked.filter((_, index) => answers[index] !== null);
    return answers.filter((stat) => stat !== null);
  };

  const askAll = async (question: string): Promise<readonly WorkerStat[]> => {
    if (!current) return [];
    const worker = current;
    const [text, others] = await Promise.all([runtime.ask(question), askEarlier(question)]);
    return [read(worker, text), ...others];
  };

  return {
    replace(pid, slots) {
      if (current) earlier = [current, ...earlier];
      current = { pid, slots, seen: new Map(), cacheUse: NO_USE };
    },
    recall(pid, slots) {
      earlier = [...earlier, { pid, slots, seen: new Map(), cacheUse: NO_USE }];
    },
    async reseat(slots) {
      if (!current) return;
      const worker = current;
      try {
        if (!isDeepStrictEqual(worker.slots, slots)) read(worker, await runtime.ask(SHOW_STAT));
      } finally {
        worker.slots = slots;
      }
    },
    async tellEarlier(commands) {
      if (commands.length === 0) return;
      await Promise.all(earlier.map(({ pid }) => master.tellWorker(pid, commands)));
    },
    stat: () => askAll(SHOW_STAT),
    serversOf: (backend) => askAll(`show stat ${backend} 4 -1 no-maint`),
    async statOfLeaving() {
      const own = current && (await askMaster(current, SHOW_STAT));
      return [...(own ? [own] : []), ...(await askEarlier(SHOW_STAT))];
    },
    takeCounts() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    takeAttempts() {
      const taken = attempts ?? new Map<string, Counts>();
      attempts = new Map();
      return taken;
    },
    takeCacheUse() {
      const taken = cacheUse;
      cacheUse = NO_USE;
      return taken;
    },
  };
}

// Private

interface Worker {
  readonly pid: number;
  slots: SlotTable;
  /** Its counters as they stood at the last look. */
  seen: ReadonlyMap<string, Seen>;
  cacheUse: CacheUse;
}
