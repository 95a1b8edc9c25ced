import { join } from 'node:path';
import { SECOND } from '../kit/clock.ts';
import type { Clock } from '../kit/clock.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Log } from '../kit/log.ts';
import { startLoop, type Loop } from '../kit/loop.ts';
import { createLogFiles } from '../process/log-file.ts';
import type { DatabaseSpec } from '../spec/databases.ts';
import type { SecretRef } from '../spec/spec.ts';
import type { DatabaseChange, Databases } from './databases.ts';
import { createExternal, type External } from './external.ts';
import { foundServers } from './found.ts';
import type { Premises } from './home.ts';
import { openHome } from './home.ts';
import { KINDS, serverAccount } from './kinds.ts';
import { endFound } from './leftovers.ts';
import { createSupervised, type Supervised, type SupervisedDeps } from './supervised.ts';

export interface DatabasesOptions extends Premises, Pick<SupervisedDeps, 'againMs'> {
  readonly specs: readonly DatabaseSpec[];
  /** What a server writes goes to `database-NAME.log` in it. */
  readonly logsFolder: string;
  readonly readSecret: (secret: SecretRef) => string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told while it starts what is waited for, as sentences. */
  readonly tell: (sentence: string) => void;
  /** Told what a person should know. */
  readonly warn: (sentence: string) => void;
  /** Ends the wait for those that start. */
  readonly giveUp: AbortSignal;
}

/** @throws TidegateError SECRET_MISSING */
export function createDatabases(options: DatabasesOptions): Databases {
  const { clock, log, nonce } = options;
  const logFiles = createLogFiles(log);
  const listeners: ((change: DatabaseChange) => void)[] = [];
  const managed = new Map<string, Supervised>();
  const externals = new Map<string, External>();
  for (const spec of options.specs) {
    if (spec.url !== null) {
      externals.set(spec.name, createExternal(spec, spec.url, options.readSecret));
      continue;
    }
    const kind = KINDS[spec.kind];
    const supervised = createSupervised({
      ...options,
      kind,
      home: openHome(options, spec.name, serverAccount(kind)),
      logPath: join(options.logsFolder, `database-${spec.name}.log`),
      logFiles,
      now: () => clock.now(),
      onChange: (change) => {
        for (const listener of listeners) listener(change);
      },
    });
    managed.set(spec.name, supervised);
  }
  const all = [...managed.values(), ...externals.values()];
  let loop: Loop | null = null;

  const startOne = async (name: string, each: Supervised): Promise<void> => {
    let waitedMs = 0;
    const patience = setInterval(() => {
      waitedMs += PATIENCE_MS;
      if (waitedMs === PATIENCE_MS || waitedMs % TELL_EVERY_MS === 0)
        options.tell(`starting the database ${name} (${humanDuration(waitedMs)})…`);
    }, PATIENCE_MS);
    const found = foundServers(nonce).find((one) => one.name === name) ?? null;
    try {
      await each.start(found, options.giveUp);
      log.info(
        { database: name, adopted: each.adopted, pid: each.view().pid },
        'a database is ready',
      );
    } finally {
      clearInterval(patience);
    }
  };

  const letGo = async (): Promise<void> => {
    await Promise.all([...managed.values()].map((each) => each.letGo()));
  };

  return {
    async start() {
      // Of databases that the configuration does not name any more, or names with another kind.
      const others = foundServers(nonce).filter(
        ({ name, kind }) => managed.get(name)?.view().kind !== kind,
      );
      await Promise.all(others.map(endFound));
      const starts = [...managed].map(([name, each]) => startOne(name, each));
      // All of them, so that none is still being started when somebody cleans up after another.
      const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      loop = startLoop({
        intervalMs: () => LOOK_EVERY_MS,
        turn: async () => void (await Promise.all(all.map((each) => each.look()))),
        onError: (err) => log.error({ err }, 'a look at the databases failed'),
      });
    },
    url(name) {
      const found = managed.get(name) ?? externals.get(name);
      if (!found) throw new Error(`there is no database ${name}`);
      return found.url();
    },
    view: () =>
      options.specs.flatMap(({ name }) => {
        const found = managed.get(name) ?? externals.get(name);
        return found ? [found.view()] : [];
      }),
    onChange: (listener) => void listeners.push(listener),
    async stop(hurry, which) {
      await loop?.stop();
      const chosen = [...managed.values()].filter(({ adopted }) => which === 'all' || !adopted);
      const ends = await Promise.allSettled(chosen.map((each) => each.stop(GRACE_MS, hurry)));
      await letGo();
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async close() {
      await loop?.stop();
      await letGo();
    },
  };
}

// Private

const LOOK_EVERY_MS = 10 * SECOND;
/** Who waits longer than this is told what for. */
const PATIENCE_MS = 2 * SECOND;
const TELL_EVERY_MS = 10 * SECOND;
/** PostgreSQL writes all that it has in memory before it ends. */
const GRACE_MS = 30 * SECOND;
