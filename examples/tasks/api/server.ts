// Takes tasks from the outside and says how they go. What is no task is refused here, before it waits anywhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { database } from '../shared/database.ts';
import { prepareResults } from '../shared/results.ts';
import { createServer, listen } from '../shared/server.ts';
import { KINDS } from './kinds.ts';
import { status } from './status.ts';

interface Task {
  readonly type: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const TASK_BODY = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: { type: { type: 'string' }, data: { type: 'object' } },
};

const page = readFileSync(join(import.meta.dirname, 'page.html'));
const app = createServer();

app.post<{ Body: Task }>('/api/task', { schema: { body: TASK_BODY } }, async (request, reply) => {
  const { type, data = {} } = request.body;
  const kind = KINDS.get(type);
  const problem =
    kind === undefined
      ? `type must be one of ${[...KINDS.keys()].join(', ')}.`
      : kind.problem(data);
  if (kind === undefined || problem !== null) return reply.code(400).send({ detail: problem });

  // The same key and body a second time is the same task, and the same answer.
  const key = request.headers['idempotency-key'];
  const answer = await fetch(`${process.env['TASKS_URL']}/${kind.queue}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(typeof key === 'string' && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ type, data }),
  });
  for (const name of ['location', 'retry-after', 'content-type']) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  reply.code(answer.status);
  if (answer.status !== 202) return answer.text();
  const { id, state } = (await answer.json()) as { id: string; state: string };
  return { id, type, state };
});

app.get('/api/status', () => status());
app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));

// Ready when there is something to look at.
await listen(app, async () => {
  await prepareResults();
  await database.query('select from tidegate.totals');
});
