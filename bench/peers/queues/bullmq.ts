import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { freePort } from '../../../test/support/ports.ts';
import { find, startServer } from '../../support/program.ts';
import { AT_ONCE, inBatches, type QueuePeer } from './queue.ts';

/** BullMQ 6 with one worker process; `fsync`: when Redis writes through to the disk. */
export function bullmq(fsync: 'always' | 'everysec'): QueuePeer {
  const lost = fsync === 'always' ? 'nothing' : 'up to a second';
  return {
    name: `BullMQ 6, appendfsync ${fsync}`,
    durability: `Redis appendonly, appendfsync ${fsync}: a power cut loses ${lost}; results kept`,
    keepsResults: true,
    sends: 'addBulk, 1000 a call',
    async start({ folder, workers }) {
      const dir = mkdtempSync(join(folder, 'redis-'));
      const [redisPort, port] = [await freePort(), await freePort()];
      const settings = ['--appendonly', 'yes', '--appendfsync', fsync, '--save', ''];
      const redis = await startServer(
        [
          find('redis-server'),
          '--port',
          `${redisPort}`,
          '--bind',
          '127.0.0.1',
          '--dir',
          dir,
          ...settings,
        ],
        redisPort,
      );
      const program = join(import.meta.dirname, '../programs/queue-bullmq.ts');
      const env = {
        REDIS: `${redisPort}`,
        PORT: `${port}`,
        AT_ONCE: `${AT_ONCE}`,
        WORKERS: workers.join(),
      };
      const worker = await startServer([process.execPath, program], port, env);
      const queue = new Queue('jobs', { connection: { host: '127.0.0.1', port: redisPort } });
      return {
        sendMany: (jobs) =>
          inBatches(jobs, (batch) => queue.addBulk(batch.map((data) => ({ name: 'job', data })))),
        sendOne: async (data) => void (await queue.add('job', data)),
        async left() {
          const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts();
          return waiting + active + delayed;
        },
        clear: () => queue.obliterate({ force: true }),
        async stop() {
          await queue.close();
          await worker.kill();
          await redis.kill();
        },
      };
    },
  };
}
