import { createServer } from 'node:http';
import { Worker } from 'bullmq';
import { callWorker } from './call-worker.ts';

const connection = { host: '127.0.0.1', port: Number(process.env['REDIS']) };
const concurrency = Number(process.env['AT_ONCE']);
const worker = new Worker('jobs', (job) => callWorker(job.data), { connection, concurrency });
worker.on('error', (thrown) => console.error(thrown));
await worker.waitUntilReady();
// Says that it is there.
createServer((_, response) => response.end()).listen(Number(process.env['PORT']), '127.0.0.1');
