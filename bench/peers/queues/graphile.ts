import { join } from 'node:path';
import { makeWorkerUtils } from 'graphile-worker';
import { Pool } from 'pg';
import { freePort } from '../../../test/support/ports.ts';
import { startServer } from '../../support/program.ts';
import { AT_ONCE, inBatches, type QueuePeer } from './queue.ts';

/** graphile-worker 0.18 with its local queue and batched completions, one worker process. */
export function graphile(keepsResults: boolean): QueuePeer {
  return {
    name: keepsResults ? 'graphile-worker, results' : 'graphile-worker, no results',
    durability: keepsResults
      ? 'PostgreSQL, fsync on; its task inserts the result into a table'
      : 'PostgreSQL, fsync on; jobs are deleted, no result is kept',
    keepsResults,
    sends: 'addJobs, 1000 a call',
    async start({ databaseUrl, workers }) {
      const port = await freePort();
      const db = new Pool({ connectionString: databaseUrl, max: 2 });
      db.on('error', (thrown) => console.error(thrown));
      await db.query('create table if not exists results (id bigint primary key, answer jsonb)');
      const utils = await makeWorkerUtils({ pgPool: db });
      await utils.migrate();
      const program = join(import.meta.dirname, '../programs/queue-graphile.ts');
      const worker = await startServer([process.execPath, program], port, {
        DATABASE: databaseUrl,
        KEEPS: keepsResults ? 'yes' : 'no',
        PORT: `${port}`,
        AT_ONCE: `${AT_ONCE}`,
        WORKERS: workers.join(),
        // Its log has a line for each job.
        NO_LOG_SUCCESS: '1',
      });
      return {
        sendMany: (jobs) =>
          inBatches(jobs, (batch) =>
            utils.addJobs(batch.map((payload) => ({ identifier: 'job', payload }))),
          ),
        sendOne: async (data) => void (await utils.addJob('job', data)),
        async left() {
          const { rows } = await db.query<{ n: number }>(
            'select count(*)::integer as n from graphile_worker.jobs',
          );
          return rows[0]?.n ?? 0;
        },
        clear: async () => void (await db.query('truncate results')),
        async stop() {
          await worker.kill();
          await utils.release();
          await db.query('drop schema graphile_worker cascade');
          await db.end();
        },
      };
    },
  };
}
