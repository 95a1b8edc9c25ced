import { createServer } from 'node:http';
import PgBoss from 'pg-boss';
import { callWorker } from './call-worker.ts';

/** Its own workers wait half a second between two batches: these ask again at once, with the calls that it documents for it. */
const LOOPS = 4;
const IDLE_MS = 5;

const boss = new PgBoss({ connectionString: process.env['DATABASE'] ?? '', max: 10 });
boss.on('error', (thrown) => console.error(thrown));
await boss.start();
await boss.createQueue('jobs');
const batchSize = Number(process.env['AT_ONCE']) / LOOPS;
for (let each = 0; each < LOOPS; each++) void loop();
createServer((_, response) => response.end()).listen(Number(process.env['PORT']), '127.0.0.1');

async function loop(): Promise<never> {
  for (;;) {
    const jobs = await boss.fetch('jobs', { batchSize });
    if (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    // One output for a batch is all that it takes: each job is completed with its own.
    await Promise.all(
      jobs.map(async ({ id, data }) => boss.complete('jobs', id, await callWorker(data))),
    );
  }
}
