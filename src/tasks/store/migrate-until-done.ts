import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { migrate } from './migrate.ts';

/** Migrates as soon as the database can be reached; resolves when it is done or `signal` aborts. */
export async function migrateUntilDone(url: string, log: Log, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      await migrate(url);
      return;
    } catch (thrown) {
      if (tries === 0)
        log.warn({ reason: messageOf(thrown) }, 'the tables of the tasks are not there yet');
      await delay(SECOND, undefined, { signal }).catch(() => undefined);
    }
  }
}
