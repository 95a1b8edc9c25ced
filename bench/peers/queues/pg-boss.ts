import { join } from 'node:path';
import PgBoss from 'pg-boss';
import { freePort } from '../../../test/support/ports.ts';
import { startServer } from '../../support/program.ts';
import { AT_ONCE, inBatches, type QueuePeer } from './queue.ts';

/** pg-boss 10, one worker process that fetches without pauses. */
export const pgBoss: QueuePeer = {
  name: 'pg-boss 10, fetch in a loop',
  durability: 'PostgreSQL, fsync on; results kept',
  keepsResults: true,
  sends: 'insert, 1000 a call',
  async start({ databaseUrl, workers }) {
    const port = await freePort();
    const boss = new PgBoss({ connectionString: databaseUrl, max: 2 });
    boss.on('error', (thrown) => console.error(thrown));
    await boss.start();
    await boss.createQueue('jobs');
    const program = join(import.meta.dirname, '../programs/queue-pg-boss.ts');
    const worker = await startServer([process.execPath, program], port, {
      DATABASE: databaseUrl,
      PORT: `${port}`,
      AT_ONCE: `${AT_ONCE}`,
      WORKERS: workers.join(),
    });
    return {
      sendMany: (jobs) =>
        inBatches(jobs, (batch) => boss.insert(batch.map((data) => ({ name: 'jobs', data })))),
      sendOne: async (data) => void (await boss.send('jobs', data)),
      left: () => boss.getQueueSize('jobs', { before: 'completed' }),
      // `purgeQueue` leaves what is done, which the others do not have to carry.
      clear: () => boss.clearStorage(),
      async stop() {
        await worker.kill();
        await boss.stop({ graceful: false });
      },
    };
  },
};
