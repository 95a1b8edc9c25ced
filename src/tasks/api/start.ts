import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND, systemClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { TAKEN_AT_ONCE, type TasksProgram } from '../../spec/tasks-program.ts';
import { keepCounts } from '../count-keeper.ts';
import { BY_KEY } from '../store/by-key.ts';
import { startListener } from '../store/listen.ts';
import type { LeasedTask } from '../store/lease.ts';
import { marksOf } from '../store/marks.ts';
import { migrateUntilDone } from '../store/migrate-until-done.ts';
import { openPool } from '../store/open.ts';
import { idOf } from '../task-view.ts';
import { createTally } from '../tally.ts';
import { createLeaseLine } from './lease-line.ts';
import { createOutage } from './outage.ts';
import { createPatience } from './patience.ts';
import { createRoom } from './room.ts';
import { createApiServer } from './server.ts';
import { createWatch } from './watch.ts';
import { createWriter } from './writer.ts';

export interface TasksApiOptions {
  readonly program: TasksProgram;
  readonly databaseUrl: string;
  readonly workerToken: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Log;
}

export interface TasksApi {
  readonly port: number;
  /** Takes nothing more, tells those who wait what is known now, and lets go of the database. */
  close(): Promise<void>;
}

/** Takes, shows and leases tasks. It listens whether its database answers or not. */
export async function startTasksApi(options: TasksApiOptions): Promise<TasksApi> {
  const { program, databaseUrl: url, workerToken, host, port, log } = options;
  const pool = openPool({
    url,
    name: 'tidegate-tasks',
    connections: CONNECTIONS,
    options: BY_KEY,
  });
  // A connection of its own: sends must not wait for those who look.
  const writes = openPool({ url, name: 'tidegate-tasks writes', connections: 1 });
  const closing = new AbortController();
  const migrated = migrateUntilDone(url, log, closing.signal);
  const outage = createOutage(log);
  const watch = createWatch({
    marksOf: (ids) => marksOf(pool, ids),
    most: MOST_WATCHING,
    onError: (thrown) => outage.answer(thrown),
  });
  const line = createLeaseLine<LeasedTask>();
  const listener = startListener({
    url,
    name: 'tidegate-tasks listens',
    channels: {
      tidegate_ended: (ids) => watch.ended(ids.split(',').map(idOf)),
      tidegate_sent: (queues) => line.wake(queues === '' ? [] : queues.split(',')),
    },
  });
  const tally = createTally();
  const counts = keepCounts(pool, tally, systemClock);
  const patience = createPatience();
  const server = createApiServer({
    program,
    pool,
    writer: createWriter(writes),
    watch,
    line,
    room: createRoom(MOST_BYTES_IN_FLIGHT),
    patience,
    outage,
    tally,
    clock: systemClock,
    workerToken,
  });
  // Who listens is ready: the first that is sent should find the tables, unless their server is away.
  await Promise.race([migrated, delay(TABLES_MS, undefined, { ref: false })]);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      patience.end();
      await closed;
      const letGo = async (): Promise<void> => {
        await Promise.all([watch.close(), line.close(), listener.close(), migrated]);
        await counts.close();
        await Promise.all([pool.end(), writes.end()]);
      };
      // Everybody is answered: a database that says nothing any more is not waited for.
      await Promise.race([letGo(), delay(LET_GO_MS, undefined, { ref: false })]);
    },
  };
}

// Private

const TABLES_MS = 3 * SECOND;
const LET_GO_MS = 5 * SECOND;
const CONNECTIONS = 8;
/** Who waits holds a place that others need to send, and to say how a task went. */
const MOST_WATCHING = 0.6 * TAKEN_AT_ONCE;
const MOST_BYTES_IN_FLIGHT = 256 * 1024 * 1024;
