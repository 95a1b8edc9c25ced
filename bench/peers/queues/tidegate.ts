import { Pool as Connections } from 'pg';
import { Pool } from 'undici';
import { until } from '../../../test/support/until.ts';
import { AT_ONCE, type QueuePeer } from './queue.ts';

/** Ours as `tidegate up` runs it: the tasks API, the dispatcher and the gateway in between. */
export const tidegateTasks: QueuePeer = {
  name: 'Tidegate',
  durability:
    'PostgreSQL, fsync on; a power cut loses claims, which are made again, and nothing else; results kept',
  keepsResults: true,
  sends: `HTTP through the gateway, one by one on ${AT_ONCE} connections`,
  async start({ tasksUrl, databaseUrl }) {
    const { origin, pathname } = new URL(tasksUrl);
    const http = new Pool(origin, { connections: AT_ONCE });
    const db = new Connections({ connectionString: databaseUrl, max: 1 });
    const sendOne = async (data: object): Promise<void> => {
      const { statusCode, body } = await http.request({
        path: `${pathname}/jobs`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(data),
      });
      const text = await body.text();
      if (statusCode !== 202) throw new Error(`sending was answered with ${statusCode}: ${text}`);
    };
    // What takes tasks is there before the tables are.
    await until('a task is taken', () =>
      sendOne({}).then(
        () => true,
        () => false,
      ),
    );
    return {
      async sendMany(jobs) {
        let sent = 0;
        const sender = async (): Promise<void> => {
          while (sent < jobs) await sendOne({ n: sent++ });
        };
        await Promise.all(Array.from({ length: AT_ONCE }, sender));
      },
      sendOne,
      async left() {
        const { rows } = await db.query<{ n: number }>(
          "select count(*)::integer as n from tidegate.tasks where state in ('queued', 'running')",
        );
        return rows[0]?.n ?? 0;
      },
      clear: async () => void (await db.query('truncate tidegate.tasks cascade')),
      async stop() {
        await http.close();
        await db.end();
      },
    };
  },
};
