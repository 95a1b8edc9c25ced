import { createServer } from 'node:http';
import { run } from 'graphile-worker';
import { Pool } from 'pg';
import { callWorker } from './call-worker.ts';

const connectionString = process.env['DATABASE'] ?? '';
const db = new Pool({ connectionString, max: 10 });
const keeps = process.env['KEEPS'] === 'yes';
const concurrency = Number(process.env['AT_ONCE']);
await run({
  preset: {
    worker: {
      connectionString,
      concurrentJobs: concurrency,
      maxPoolSize: 10,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  noHandleSignals: true,
  taskList: {
    // It keeps nothing of its own: where results are wanted, its task writes them, as its users do.
    async job(payload, { job }) {
      const answer = await callWorker(payload);
      if (!keeps) return;
      await db.query('insert into results (id, answer) values ($1, $2)', [job.id, answer]);
    },
  },
});
createServer((_, response) => response.end()).listen(Number(process.env['PORT']), '127.0.0.1');
