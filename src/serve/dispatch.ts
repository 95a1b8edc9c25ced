/** The program of the internal service that delivers tasks. */
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../kit/clock.ts';
import { messageOf, TidegateError } from '../kit/errors.ts';
import { createLog } from '../kit/log.ts';
import { TASKS_VARIABLES } from '../spec/tasks-program.ts';
import { createCallbacks } from '../tasks/callbacks/callbacks.ts';
import { createDeliverer } from '../tasks/dispatcher/deliver.ts';
import { startDispatcher } from '../tasks/dispatcher/dispatcher.ts';
import { readEnvironment, readListener } from '../tasks/program.ts';
import { createSchedules } from '../tasks/schedules/schedules.ts';
import { BY_KEY } from '../tasks/store/by-key.ts';
import { migrate } from '../tasks/store/migrate.ts';
import { openPool } from '../tasks/store/open.ts';

const HEALTH_PATH = '/.tidegate/health';
const CONNECTIONS = 6;
const AGAIN_MS = 500;

const log = createLog(1);
try {
  await main();
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exit(thrown instanceof TidegateError ? thrown.exitCode : 1);
}

async function main(): Promise<void> {
  const { program, databaseUrl, secret } = readEnvironment(process.env);
  const { host, port } = readListener(process.env);
  const socketPath = secret('deliverySocket');
  const ended = new Promise<void>((resolve) => {
    // A second one is obeyed at once: nothing but what is under way is lost, and that is delivered again.
    process.once('SIGTERM', () => {
      process.once('SIGTERM', () => process.exit(1));
      resolve();
    });
  });
  // It is well while it runs: without the database it waits, and another copy of it could do no more.
  const health = createServer((request, response) => {
    response.writeHead(request.url === HEALTH_PATH ? 200 : 404).end();
  });
  health.listen(port, host);

  await Promise.race([migrated(databaseUrl), ended.then(() => process.exit(0))]);
  const db = openPool({
    url: databaseUrl,
    name: 'tidegate dispatcher',
    connections: CONNECTIONS,
    options: BY_KEY,
  });
  const deliverer = createDeliverer(socketPath, program.resultLimitBytes);
  const schedules = createSchedules({ db, program, clock: systemClock, log });
  const webhookSecret = process.env[TASKS_VARIABLES.webhookSecret];
  const callbacks = webhookSecret
    ? createCallbacks({
        db,
        program,
        secret: webhookSecret,
        clock: systemClock,
        log,
      })
    : null;
  const dispatcher = startDispatcher({
    databaseUrl,
    db,
    program,
    replica: process.env['TIDEGATE_REPLICA'] ?? `${process.pid}`,
    deliverer,
    duties: [
      { name: 'schedules', intervalMs: 500, turn: () => schedules.turn() },
      ...(callbacks ? [{ name: 'callbacks', intervalMs: 500, turn: () => callbacks.turn() }] : []),
    ],
    clock: systemClock,
    log,
  });

  await ended;
  await Promise.all([dispatcher.stop(), callbacks?.close()]);
  await db.end();
  await deliverer.destroy();
  process.exit(0);
}

/** Resolves when the tables are as this version needs them. @throws TidegateError when they cannot be */
async function migrated(databaseUrl: string): Promise<void> {
  for (let failed = false; ; failed = true) {
    try {
      await migrate(databaseUrl);
      if (failed) log.info({}, 'the database answers');
      return;
    } catch (thrown) {
      if (thrown instanceof TidegateError) throw thrown;
      if (!failed) log.warn({ err: thrown }, 'the database does not answer; waiting for it');
      await delay(AGAIN_MS);
    }
  }
}
