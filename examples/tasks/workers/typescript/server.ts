// A worker is a server: a task is a POST, a 2xx is its result. A 5xx is tried again, a 4xx is not.
import { once, prepareResults } from '../../shared/results.ts';
import { createServer, listen } from '../../shared/server.ts';
import { KINDS, Refused } from './kinds.ts';

interface Task {
  readonly type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const app = createServer();

app.post<{ Body: Task }>('/run', async ({ body, headers }, reply) => {
  const { type, data = {} } = body;
  const work = KINDS[type];
  if (work === undefined) return reply.code(422).send({ detail: `Nobody can do ${type}.` });
  try {
    const attempt = Number(headers['task-attempt']);
    return await once(String(headers['task-id']), type, () => work({ data, attempt }));
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return reply.code(thrown instanceof Refused ? 422 : 500).send({ detail });
  }
});

await listen(app, prepareResults);
