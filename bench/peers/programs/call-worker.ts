/** What the workers of the peers do with a job: the same HTTP call to the same workers, in turn. */
import { Pool } from 'undici';

const CONNECTIONS = 32;

const pools = (process.env['WORKERS'] ?? '')
  .split(',')
  .map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS }));
let turn = 0;

/** The body of the answer; throws when it is not a 2xx. */
export async function callWorker(data: unknown): Promise<object> {
  const pool = pools[turn++ % pools.length] as Pool;
  const { statusCode, body } = await pool.request({
    path: '/run',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
  const answer = (await body.json()) as object;
  if (statusCode >= 300) throw new Error(`answered ${statusCode}`);
  return answer;
}
